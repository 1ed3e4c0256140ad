"""What scenario algorithms read beside their parameters, and no output may replace."""


def keep_sources(outputs, table, ensemble) -> None:
    """No output may take the place of a raster of the driver table or of the ensemble's folder (either may be None).

    Raises
    ------
    OutputError
    """
    from ...core.files_behind import behind_raster, of_ensemble

    rasters = dict.fromkeys(file.path for file in table.files) if table is not None else {}
    outputs.reads(rasters)
    virtual = (raster for raster in rasters if raster.lower().endswith(".vrt"))
    outputs.reads(path for raster in virtual for path in behind_raster(raster))
    outputs.reads(of_ensemble(ensemble) if ensemble else ())
