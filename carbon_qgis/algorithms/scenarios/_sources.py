"""What scenario algorithms read beside their parameters, and no output may replace."""


def keep_sources(outputs, table, ensemble) -> None:
    """No output may take the place of a raster of the driver table or of the ensemble's folder (either may be None).

    Raises
    ------
    OutputError
    """
    from ...core.files_behind import behind_raster, of_ensemble

    rasters = dict.fromkeys(file.path for file in table.files) if table is not None else ()
    outputs.reads(path for raster in rasters for path in [raster, *behind_raster(raster)])
    outputs.reads(of_ensemble(ensemble) if ensemble else ())
