"""Tells predicted structures from experimental ones."""

from engines.structure.reading import StructureInput


def is_prediction(source: StructureInput) -> bool:
    """
    Whether the B factors of a structure are the confidence of an AlphaFold model.

    :param source: the structure
    :returns: True if it says so
    """
    if source.block and source.block.find_values('_ma_qa_metric_global.metric_value'):
        return True
    said = [*source.structure.info.values(), *list(source.structure.raw_remarks)[:40]]
    return any('ALPHAFOLD' in text.upper() for text in said)
