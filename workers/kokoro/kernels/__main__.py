"""`python -m workers.kokoro.kernels`: compiles the kernels beside their source, for an image whose processes find no compiler."""

from workers.kokoro.kernels.library import FOLDER, KernelError, compile_into

if __name__ == "__main__":
    try:
        print(compile_into(FOLDER))
    except KernelError as error:
        raise SystemExit(f"The kernels of Kokoro cannot be compiled: {error}") from None
