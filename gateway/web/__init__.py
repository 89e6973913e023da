"""The doors that people and machines knock on: REST, sockets, hooks, files. Calls use cases and reads views, decides nothing.

server (builds the application) · guard (what every request passes) · routes, openapi (how a route is declared) · api/ (they) ·
relay, live (what happens meanwhile) · hooks · health · static. May talk to: cases, services.access, ports, domain.
"""
