"""Converts a file to another format."""

from workers.audio.convert import convert_file
from workers.contract.messages import ConvertWork, Manifest
from workers.parts import PartRun
from workers.tasks.recode import recode
from workers.tasks.results import check_format, store_results, stored_output
from workers.tasks.workbench import Workbench


def convert(run: PartRun, *, workbench: Workbench) -> Manifest:
    """Run a part of kind `convert`. Raises WorkError, PartStoppedError."""
    work = ConvertWork.from_dict(run.message.work)
    check_format(work.format)
    with workbench.storage.read(work.source) as source, stored_output(run.message, storage=workbench.storage) as output:
        encoded = recode(
            run,
            workbench=workbench,
            sources=[source],
            work=lambda: convert_file(source, output.path, audio_format=work.format, sample_rate=work.sample_rate, bitrate=work.bitrate),
        )
    return store_results(run.message, storage=workbench.storage, output=output, encoded=encoded)
