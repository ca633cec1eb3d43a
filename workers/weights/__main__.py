"""`python -m workers.weights`: manages weights on a machine without the platform."""

from workers.weights.commands import command

if __name__ == "__main__":
    command(prog_name="python -m workers.weights")
