"""The PBX kinds. Each knows its own PBX and the ports, none knows another."""
