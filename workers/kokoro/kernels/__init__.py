"""Compiled kernels of Kokoro's generator; optional, since they need a C compiler and a processor with AVX-512 VNNI."""
