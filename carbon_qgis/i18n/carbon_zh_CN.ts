<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Carbon</name>
    <message>
        <location filename="../../carbon_qgis/provider.py"/>
        <source>7 Chains (models)</source>
        <translation>7 流程链（模型）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/provider.py"/>
        <source>Carbon stock, sink capacity and drivers</source>
        <translation>碳储量、碳汇能力与驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/provider.py"/>
        <source>This output is a GeoTIFF; give it a file name that ends in .tif.</source>
        <translation>该输出是 GeoTIFF，文件名须以 .tif 结尾。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>0 Start here</source>
        <translation>0 从这里开始</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>1 Prepare data</source>
        <translation>1 数据准备</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>2 Carbon density</source>
        <translation>2 碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>3 Carbon stock and sink capacity</source>
        <translation>3 碳储量与碳汇能力</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>4 Drivers</source>
        <translation>4 驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>5 Scenarios</source>
        <translation>5 情景</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>6 Validation</source>
        <translation>6 验证</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>{} h {} min</source>
        <translation>{} 小时 {} 分钟</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>{} min</source>
        <translation>{} 分钟</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>{} s</source>
        <translation>{} 秒</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>about {} left in this step</source>
        <translation>本步骤约剩 {}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>about {} left</source>
        <translation>约剩 {}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>{what}: {title}</source>
        <translation>{what}：{title}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <location filename="../../carbon_qgis/core/raster/cluster.py"/>
        <source>Loading packages</source>
        <translation>正在加载软件包</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>An unexpected error occurred in '{title}': {kind}: {text}. Nothing was written. The details are in the log of QGIS (View &gt; Panels &gt; Log Messages, tab {tab}); please report them.</source>
        <translation>“{title}”发生意外错误：{kind}：{text}。没有写出任何文件。详情见 QGIS 的日志（视图 &gt; 面板 &gt; 日志信息，标签页 {tab}），请报告该问题。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>There is not enough memory for this run. Close other programs, or use a smaller area or fewer rasters at once. Nothing was written.</source>
        <translation>内存不足，无法完成本次运行。请关闭其他程序，或缩小区域、减少一次使用的栅格数。没有写出任何文件。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/base.py"/>
        <source>A file could not be read or written: {text}. Nothing was written.</source>
        <translation>文件无法读取或写入：{text}。没有写出任何文件。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/chain_checks.py"/>
        <source>{year} ({parameter}): the raster '{layer}' ({raster}) does not tell its year (it has no tag CARBON_YEAR). Type the calendar year of this raster: without it there is no rate of change.</source>
        <translation>{year}（{parameter}）：栅格“{layer}”（{raster}）没有注明年份（没有标签 CARBON_YEAR）。请输入该栅格的公历年份：没有年份就无法计算变化速率。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/class_names.py"/>
        <source>Names of the classes (table)</source>
        <translation>类别名称（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/class_names.py"/>
        <source>Text table with a code (lucode, code or value) and a name (LULC_name, name or class) in each row; a table of carbon pools will do. If left empty: the names that the raster carries, else the codes.</source>
        <translation>文本表格，每行一个代码（lucode、code 或 value）和一个名称（LULC_name、name 或 class）；碳库表也可以。留空时：采用栅格自带的名称，否则用代码。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/help_panel.py"/>
        <source>What goes in</source>
        <translation>输入</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/help_panel.py"/>
        <source>Advanced parameters</source>
        <translation>高级参数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/help_panel.py"/>
        <source>What comes out</source>
        <translation>输出</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/help_panel.py"/>
        <source>Numbers</source>
        <translation>数值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/help_panel.py"/>
        <source>Source: </source>
        <translation>来源：</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/help_panel.py"/>
        <source>optional</source>
        <translation>可选</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Study area (mask)</source>
        <translation>研究区（掩膜）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Polygons to which the computation is limited: a cell counts if its centre lies in one of them. Any CRS. If left empty, the whole raster is used.</source>
        <translation>计算限定在这些多边形内：像元中心位于其中之一即参与计算。坐标参考系不限。留空则使用整幅栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Zones</source>
        <translation>分区</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Polygons, such as counties or catchments, for which totals are also given. Any CRS. May be left empty.</source>
        <translation>另行给出合计值的多边形，例如县域或流域。坐标参考系不限。可以留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Name of the zones (field)</source>
        <translation>分区名称（字段）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Field of the zone layer that names each zone; polygons with the same name are one zone. If left empty, all polygons together are one zone.</source>
        <translation>分区图层中存放分区名称的字段；同名多边形视为同一分区。留空则全部多边形合为一个分区。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon pools by class (table)</source>
        <translation>各类别碳库（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Text table with one row per land-cover class: its code and its carbon density above ground, below ground, in soil and in dead matter, in t C/ha unless another unit is chosen. Columns: lucode, LULC_name, c_above, c_below, c_soil, c_dead. Comma, semicolon or tab; UTF-8 or GB 18030; decimal commas where the separator is not a comma.</source>
        <translation>文本表格，每个土地覆被类别一行：类别代码，以及地上、地下、土壤和死有机质的碳密度，除非另选单位，均为 t C/ha。列名：lucode、LULC_name、c_above、c_below、c_soil、c_dead。分隔符为逗号、分号或制表符；编码为 UTF-8 或 GB 18030；分隔符不是逗号时可用逗号作小数点。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Unit of the densities in the table. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.</source>
        <translation>表中密度的单位。1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Unit of the pool table</source>
        <translation>碳库表的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Calendar year of the raster. If left empty, it is read from the raster's tag CARBON_YEAR.</source>
        <translation>栅格的公历年份。留空则从栅格的标签 CARBON_YEAR 读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Same seed, same input: same result. It is kept in the run record.</source>
        <translation>种子相同、输入相同，结果就相同。种子保存在运行记录中。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Accepted words (the word itself, no number): {}.</source>
        <translation>可用的取值（填写单词本身，不用序号）：{}。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Unit of the density values. 'from_raster' takes the unit written in the raster (band unit or tag CARBON_UNIT) and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.</source>
        <translation>密度值的单位。'from_raster' 采用栅格中写明的单位（波段单位或标签 CARBON_UNIT），没有写明时停止运行。1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Unit of carbon density</source>
        <translation>碳密度单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Columns: {}.</source>
        <translation>列：{}。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>HTML files</source>
        <translation>HTML 文件</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Page with the numbers, figures, settings and warnings of this run.</source>
        <translation>网页，包含本次运行的数值、图件、设置和警告。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Folder for figures</source>
        <translation>图件文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>If given, the figures of the report are also saved here as PNG and SVG.</source>
        <translation>若给出，报告中的图件还会以 PNG 和 SVG 格式保存到此处。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Compression of the rasters written. 'auto' is ZSTD where GDAL has it, else DEFLATE; all are lossless.</source>
        <translation>输出栅格的压缩方式。'auto' 在 GDAL 支持时用 ZSTD，否则用 DEFLATE；各种方式都是无损的。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Compression</source>
        <translation>压缩</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>How the area of a cell is measured. 'projected' multiplies the cell's sides in the units of the CRS; 'ellipsoidal' measures each cell on the ellipsoid and works in degrees too; 'auto' takes 'ellipsoidal' where the two differ by more than 0.5 %. The mode used is in every total.</source>
        <translation>像元面积的测算方式。'projected' 用坐标参考系单位的像元边长相乘；'ellipsoidal' 在椭球面上逐像元测算，经纬度坐标也适用；'auto' 在两者相差超过 0.5 % 时采用 'ellipsoidal'。所用方式写在每个合计值中。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Cell area</source>
        <translation>像元面积</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/parameters.py"/>
        <source>Carbon models</source>
        <translation>碳模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/preferences.py"/>
        <source>Memory budget of a run (MB)</source>
        <translation>单次运行的内存预算（MB）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/preferences.py"/>
        <source>Threads of a run (0: as QGIS)</source>
        <translation>单次运行的线程数（0：与 QGIS 一致）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/preferences.py"/>
        <source>Device that trains networks</source>
        <translation>训练神经网络的设备</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/preferences.py"/>
        <source>Dask scheduler address (empty: this machine)</source>
        <translation>Dask 调度器地址（留空：本机）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/publish.py"/>
        <source>Writing the report</source>
        <translation>正在撰写报告</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/publish.py"/>
        <source>Writing '{}': {:,} of {:,} rows</source>
        <translation>正在写入“{}”：{:,} / {:,} 行</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/styles.py"/>
        <source>Source (loss of carbon)</source>
        <translation>碳源（碳损失）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/styles.py"/>
        <source>Stable</source>
        <translation>稳定</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/styles.py"/>
        <source>Sink (gain of carbon)</source>
        <translation>碳汇（碳增加）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/styles.py"/>
        <source>Outside</source>
        <translation>域外</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/styles.py"/>
        <source>Inside</source>
        <translation>域内</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Table or point layer with one row per sample, as 'Sample carbon density' makes it: a column 'density [unit]', and a column 'name [unit]' for every driver; the unit 'class' marks a driver whose values are codes of classes. The columns split (train, validation, test), block, weight, x and y are used where they are there. For a table of your own, name its fields under the advanced parameters.</source>
        <translation>表格或点图层，每个样本一行，即“抽取碳密度样本”的输出：一列 'density [unit]'，每个驱动因子一列 'name [unit]'；单位 'class' 表示该驱动因子的值是类别代码。若有 split（train、validation、test）、block、weight、x 和 y 列，也会使用。使用自己的表格时，请在高级参数中指定字段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Field of the carbon density</source>
        <translation>碳密度字段</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Field that holds the carbon density, for a table of your own. If left empty, it is the column 'density [unit]'.</source>
        <translation>存放碳密度的字段，用于自己的表格。留空则为 'density [unit]' 列。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Unit of the carbon density</source>
        <translation>碳密度的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>'from_header' takes the unit in the name of the field, as in 'density [t C/ha]', and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2. Values are not converted.</source>
        <translation>'from_header' 采用字段名中的单位，如 'density [t C/ha]'，没有时停止运行。1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。数值不作换算。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Driver fields</source>
        <translation>驱动因子字段</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Fields that explain the density. If left empty, every column 'name [unit]' beside the density is a driver.</source>
        <translation>用于解释碳密度的字段。留空则除密度外，凡名为 'name [unit]' 的列都是驱动因子。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Categorical driver fields</source>
        <translation>分类型驱动因子字段</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Drivers whose values are codes of classes (land cover, soil type), beside those with the unit 'class'.</source>
        <translation>除单位为 'class' 的字段外，其值也是类别代码的驱动因子（土地覆被、土壤类型）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Leave out rows with missing values</source>
        <translation>剔除有缺失值的行</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Otherwise a missing or infinite value stops the run and is counted by column.</source>
        <translation>否则，遇到缺失值或无穷值即停止运行，并按列给出个数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/_samples.py"/>
        <source>Reading the samples</source>
        <translation>正在读取样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Assemble carbon pools</source>
        <translation>汇总碳库</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Adds up the carbon densities of the above-ground, below-ground, soil and dead pools to the total density, in t C/ha, for one year or several at once, and reports the stock of each pool in Tg C, its mean density in t C/ha and its share of the total: pies of the shares, bars by year, and maps. Pools and years are read from the tags CARBON_POOL and CARBON_YEAR of each raster, or from a table; never from file names or the order of the list. Units may differ between rasters. A cell counts in a year if it is valid in every pool of that year. Source: equation 5 and Figure 4 of the Xinjiang paper.</source>
        <translation>把地上、地下、土壤和死有机质碳库的碳密度相加，得到一个或多个年份的总碳密度（t C/ha），并报告各碳库的储量（Tg C）、平均密度（t C/ha）和占总量的比例：比例饼图、逐年柱状图和地图。碳库和年份从各栅格的标签 CARBON_POOL 和 CARBON_YEAR 或从表格读取，从不依据文件名或列表顺序。各栅格的单位可以不同。某年只有在当年全部碳库中均有效的像元才参与统计。来源：新疆论文公式 5 和图 4。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Carbon densities</source>
        <translation>碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Density rasters, one per pool and year, in any order; at most four pools: above, below, soil, dead. The first pool of the earliest year gives the grid. Empty entries of a model are passed over.</source>
        <translation>密度栅格，每个碳库、每个年份一幅，顺序不限；至多四个碳库：above（地上）、below（地下）、soil（土壤）、dead（死有机质）。最早年份的第一个碳库决定格网。模型中的空项会被跳过。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Years and pools (table)</source>
        <translation>年份与碳库（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Text table with the columns raster (name of the layer or file, with or without suffix), year and, if wanted, pool (above, below, soil, dead): one row per raster. If left empty, both are read from the tags of each raster.</source>
        <translation>文本表格，列为 raster（图层或文件名，可带或不带扩展名）、year，需要时加 pool（above、below、soil、dead）：每个栅格一行。留空则两者都从各栅格的标签读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Unit of all the rasters given. 'from_raster' takes the unit written in each raster (band unit or tag CARBON_UNIT), so that they may differ, and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.</source>
        <translation>所给全部栅格的单位。'from_raster' 采用每个栅格中写明的单位（波段单位或标签 CARBON_UNIT），因此各栅格可以不同；没有写明时停止运行。1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Total carbon density (t C/ha)</source>
        <translation>总碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>All pools of the last year together, t C/ha.</source>
        <translation>末年全部碳库之和，t C/ha。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Total carbon density of the first year (t C/ha)</source>
        <translation>首年总碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>All pools of the first year together, t C/ha; with the raster above it is what the carbon accumulation rate needs. Only where there are two years or more.</source>
        <translation>首年全部碳库之和，t C/ha；与上面的栅格一起即为计算碳累积速率所需的输入。仅在有两个或更多年份时输出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Folder for the total densities of all years</source>
        <translation>各年总密度文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>If given, the total density of every year is written here as total_density_YEAR.tif, t C/ha.</source>
        <translation>若给出，每年的总密度都以 total_density_YEAR.tif 写入此处，单位 t C/ha。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Stock by pool and year</source>
        <translation>各碳库各年储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>One row per year and pool, and one for the total: area in km2, mean, smallest and largest density in t C/ha, stock in Tg C, share in percent.</source>
        <translation>每年每个碳库一行，另有合计一行：面积（km2），密度的平均、最小和最大值（t C/ha），储量（Tg C），比例（%）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Carbon stock of the last year (Tg C)</source>
        <translation>末年碳储量（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Stock change from the first to the last year (Tg C)</source>
        <translation>首年至末年的储量变化（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Mean total density of the last year (t C/ha)</source>
        <translation>末年平均总密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/assemblepools.py"/>
        <source>Carbon stock{}: {:,.6g} Tg C in {} pools ({} cell areas)</source>
        <translation>碳储量{}：{:,.6g} Tg C，共 {} 个碳库（像元面积：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>CASA net primary productivity (NPP)</source>
        <translation>CASA 净初级生产力（NPP）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Computes net primary productivity (NPP) month by month from NDVI, temperature, precipitation and solar radiation: NPP = APAR x epsilon, the light that plants absorb times the efficiency with which they use it, lowered by cold, heat and drought. The annual NPP, in g C/m2/yr, is the sum of its months. Each of the four inputs has 12 bands per year, or is given as 12 rasters; several years are computed in one run. The grid is that of the first NDVI raster, everything else is aligned to it. The parameter table gives the maximum light use efficiency of each vegetation class, and optionally percentiles of its NDVI; those not given are taken from the NDVI itself. NEP = NPP - soil respiration is made if its output is asked for. NPP is a flux: it can be compared with a carbon stock only through a residence time, or as a pattern. Source: the CASA model of Potter et al. (1993) as used for China by Zhu et al. (2007), section 4.1 of the Xinjiang paper.</source>
        <translation>由 NDVI、气温、降水和太阳辐射逐月计算净初级生产力（NPP）：NPP = APAR x epsilon，即植被吸收的光合有效辐射乘以光能利用率，后者受低温、高温和干旱抑制而降低。年 NPP（g C/m2/yr）为各月之和。四种输入各为每年 12 个波段，或给出 12 幅栅格；可一次计算多年。格网取第一幅 NDVI 栅格，其余数据均与之对齐。参数表给出各植被类别的最大光能利用率，也可给出其 NDVI 百分位数；未给出的由 NDVI 数据本身求得。若要求输出 NEP，则计算 NEP = NPP - 土壤呼吸。NPP 是通量：只能借助滞留时间，或作为空间格局，与碳储量比较。来源：Potter 等（1993）的 CASA 模型，按朱文泉等（2007）在中国的应用，见新疆论文第 4.1 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>One raster with 12 bands per year, or several rasters. Months are read from the names of the bands (or of the files): NDVI_2010_03, 2010-03, Jan, 1 to 12. Bands without such names are taken in their order, January first, and this is said.</source>
        <translation>一幅每年 12 个波段的栅格，或多幅栅格。月份从波段名（或文件名）读取：NDVI_2010_03、2010-03、Jan、1 至 12。没有此类名称的波段按顺序处理，一月在先，并给出提示。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Monthly NDVI</source>
        <translation>逐月 NDVI</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NDVI from -1 to 1; for stored integers see the NDVI scale.</source>
        <translation>NDVI，取值 -1 至 1；以整数存储时见 NDVI 缩放系数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Monthly mean temperature</source>
        <translation>逐月平均气温</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Mean air temperature of each month.</source>
        <translation>各月的平均气温。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Monthly precipitation</source>
        <translation>逐月降水量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Precipitation of each month.</source>
        <translation>各月的降水量。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Monthly solar radiation</source>
        <translation>逐月太阳辐射</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Total solar radiation at the ground of each month.</source>
        <translation>各月到达地面的太阳总辐射。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Vegetation classes</source>
        <translation>植被类别</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Raster of vegetation or land-cover class codes. Every class that occurs must be in the parameter table.</source>
        <translation>植被或土地覆被类别代码栅格。出现的每个类别都必须在参数表中。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Parameters by class (table)</source>
        <translation>各类别参数（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Text table with the columns code and eps_max (maximum light use efficiency in g C/MJ), optional name, ndvi_low, ndvi_high, sr_low and sr_high (percentiles of NDVI and of SR = (1+NDVI)/(1-NDVI)). If left empty, the table that ships is used: IGBP classes of MODIS MCD12Q1, efficiencies of Zhu et al. (2006) for China. It is the file core/data/casa_parameters.csv of the plugin; copy it to edit it.</source>
        <translation>文本表格，列为 code 和 eps_max（最大光能利用率，g C/MJ），可选 name、ndvi_low、ndvi_high、sr_low 和 sr_high（NDVI 及 SR = (1+NDVI)/(1-NDVI) 的百分位数）。留空则使用自带的表：MODIS MCD12Q1 的 IGBP 类别，采用朱文泉等（2006）给出的中国光能利用率。即插件中的文件 core/data/casa_parameters.csv；修改时请先复制。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NDVI scale</source>
        <translation>NDVI 缩放系数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NDVI values are multiplied by this number: 1 for NDVI from -1 to 1, 0.0001 for NDVI stored x 10000. A scale that the raster itself carries is applied before. Values outside -1 to 1 are refused.</source>
        <translation>NDVI 值乘以该数：NDVI 为 -1 至 1 时填 1，按 10000 倍存储时填 0.0001。栅格自带的缩放系数会先行应用。超出 -1 至 1 的值会被拒绝。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Unit of temperature</source>
        <translation>气温单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Unit of the temperature values: degrees Celsius, tenths of them, or kelvin.</source>
        <translation>气温值的单位：摄氏度、0.1 摄氏度或开尔文。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Unit of precipitation</source>
        <translation>降水单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Unit of the precipitation values: mm in the month, tenths of them, or mm per day.</source>
        <translation>降水值的单位：月降水量 mm、0.1 mm，或每日 mm。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Unit of solar radiation</source>
        <translation>太阳辐射单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Unit of the radiation values: MJ/m2 in the month, MJ/m2 per day, or mean power of the month in W/m2. The latter two are multiplied by the days of the month; February has 28.25 where the year is not known.</source>
        <translation>辐射值的单位：月总量 MJ/m2、日量 MJ/m2，或月平均功率 W/m2。后两者乘以当月天数；年份未知时二月按 28.25 天计。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Heterotrophic respiration</source>
        <translation>异养呼吸</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>For NEP: respiration of the soil, 12 bands per year in g C/m2/month, or one band per year in g C/m2/yr. If left empty, it is computed from temperature and precipitation.</source>
        <translation>用于 NEP：土壤异养呼吸，每年 12 个波段（g C/m2/month）或每年一个波段（g C/m2/yr）。留空则由气温和降水计算。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Constant of the temperature stress</source>
        <translation>温度胁迫常数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Constant k of the second temperature stress: 'usual' is 1.184, 'original' 1.1814 as in Potter et al. (1993).</source>
        <translation>第二温度胁迫的常数 k：'usual' 为 1.184，'original' 为 Potter 等（1993）的 1.1814。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Low percentile of NDVI (%)</source>
        <translation>NDVI 低百分位（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NDVI of a class at which FPAR is lowest, where the table gives no ndvi_low: this percentile of its cells and months.</source>
        <translation>某类别 FPAR 最低时的 NDVI，用于表中未给出 ndvi_low 的情形：取该类别全部像元和月份的这一百分位数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>High percentile of NDVI (%)</source>
        <translation>NDVI 高百分位（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NDVI of a class at which FPAR is highest, where the table gives no ndvi_high: this percentile of its cells and months.</source>
        <translation>某类别 FPAR 最高时的 NDVI，用于表中未给出 ndvi_high 的情形：取该类别全部像元和月份的这一百分位数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Water stress of the year before</source>
        <translation>上一年水分胁迫</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Water stress raster that a run for the year before wrote; its December serves the cold months at the start of the first year. If left empty, they take December of the same year. Further years of a run take the December before them by themselves.</source>
        <translation>上一年运行写出的水分胁迫栅格；其十二月的值用于首年年初的寒冷月份。留空则取同年十二月的值。同一次运行中后续各年自动取前一年十二月的值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Annual NPP (g C/m2/yr)</source>
        <translation>年 NPP（g C/m2/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Net primary productivity of each year, one band per year.</source>
        <translation>各年净初级生产力，每年一个波段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Monthly NPP (g C/m2/month)</source>
        <translation>月 NPP（g C/m2/month）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Net primary productivity of each month, 12 bands per year.</source>
        <translation>各月净初级生产力，每年 12 个波段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Monthly APAR (MJ/m2/month)</source>
        <translation>月 APAR（MJ/m2/month）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Photosynthetically active radiation that plants absorb.</source>
        <translation>植被吸收的光合有效辐射。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Monthly light use efficiency (g C/MJ)</source>
        <translation>月光能利用率（g C/MJ）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Efficiency epsilon after temperature and water stress.</source>
        <translation>经温度和水分胁迫订正后的光能利用率 epsilon。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Monthly water stress</source>
        <translation>月水分胁迫</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Water stress from 0.5 (dry) to 1 (moist).</source>
        <translation>水分胁迫系数，0.5（干）至 1（湿）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Annual NEP (g C/m2/yr)</source>
        <translation>年 NEP（g C/m2/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Net ecosystem productivity: NPP minus heterotrophic respiration; positive is a sink.</source>
        <translation>净生态系统生产力：NPP 减去异养呼吸；正值为碳汇。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Monthly NEP (g C/m2/month)</source>
        <translation>月 NEP（g C/m2/month）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Net ecosystem productivity of each month, 12 bands per year.</source>
        <translation>各月净生态系统生产力，每年 12 个波段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NPP by year</source>
        <translation>逐年 NPP</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>One row per year: cells, area in km2, mean NPP in g C/m2/yr and total in Tg C/yr.</source>
        <translation>每年一行：像元数，面积（km2），平均 NPP（g C/m2/yr）和总量（Tg C/yr）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NPP by month</source>
        <translation>逐月 NPP</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>One row per month: area-weighted means of NPP, APAR, efficiency, stress and the inputs, and the total in Tg C.</source>
        <translation>每月一行：NPP、APAR、光能利用率、胁迫系数和各输入的面积加权平均，以及总量（Tg C）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NPP by vegetation class</source>
        <translation>各植被类别 NPP</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>One row per year and class: cells, area in km2, mean NPP in g C/m2/yr and total in Tg C/yr.</source>
        <translation>每年每个类别一行：像元数，面积（km2），平均 NPP（g C/m2/yr）和总量（Tg C/yr）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Parameters used</source>
        <translation>所用参数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>One row per class: efficiency and percentiles that were used. It can be given as parameter table to another run, so that two runs share their percentiles.</source>
        <translation>每个类别一行：实际采用的光能利用率和百分位数。可作为参数表用于另一次运行，使两次运行采用相同的百分位数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Mean NPP, mean of the years (g C/m2/yr)</source>
        <translation>平均 NPP，多年平均（g C/m2/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Total NPP, mean of the years (Tg C/yr)</source>
        <translation>NPP 总量，多年平均（Tg C/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>Total NEP, mean of the years (Tg C/yr)</source>
        <translation>NEP 总量，多年平均（Tg C/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/casanpp.py"/>
        <source>NPP {}: mean {:,.5g} g C/m2/yr, total {:,.5g} Tg C/yr on {:,.6g} km2 ({} cell areas)</source>
        <translation>NPP {}：平均 {:,.5g} g C/m2/yr，总量 {:,.5g} Tg C/yr，面积 {:,.6g} km2（像元面积：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Dead organic matter from the other pools</source>
        <translation>由其他碳库估算死有机质</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Estimates the carbon density of dead organic matter (dead wood and litter), in t C/ha, as coefficient times density of the above-ground, below-ground and soil pools, added up. The paper states no coefficients; its share of 3 % of the total stock makes each of them 0.03/0.97 = 0.0309 t C per t C, which is the default: derived, not measured. Other coefficients may be given per pool, by land-cover class in a table, or be fitted to a reference raster of dead organic matter (least squares weighted by area, none below 0; by class where a land cover is given). Source: section 2.1.2 of the Xinjiang paper.</source>
        <translation>估算死有机质（枯死木和凋落物）的碳密度（t C/ha）：以系数乘以地上、地下和土壤碳库的密度，再相加。论文未给出系数；按其占总储量 3 % 的比例推得每个系数为 0.03/0.97 = 0.0309 t C / t C，即默认值：是推算值，不是实测值。也可按碳库给出其他系数，或在表格中按土地覆被类别给出，或以死有机质参考栅格拟合（面积加权最小二乘，系数不为负；给出土地覆被时按类别拟合）。来源：新疆论文第 2.1.2 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Above ground</source>
        <translation>地上</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Below ground</source>
        <translation>地下</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Soil</source>
        <translation>土壤</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>{pool}: carbon density</source>
        <translation>{pool}：碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Carbon density raster of this pool; carbon, not dry matter. The first pool given is the grid to which the others are aligned. A pool that counts must be given.</source>
        <translation>该碳库的碳密度栅格；是碳量，不是干物质量。所给的第一个碳库决定格网，其余与之对齐。参与计算的碳库必须给出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Unit of all the density rasters given, the reference too. 'from_raster' takes the unit written in each raster (band unit or tag CARBON_UNIT), so that they may differ, and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.</source>
        <translation>所给全部密度栅格（包括参考栅格）的单位。'from_raster' 采用每个栅格中写明的单位（波段单位或标签 CARBON_UNIT），因此各栅格可以不同；没有写明时停止运行。1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>{pool}: coefficient (t C per t C)</source>
        <translation>{pool}：系数（t C / t C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>t C of dead organic matter per t C of this pool. If left empty, it is 0.03/0.97 = 0.0309 (derived from the 3 % share of the paper); 0 leaves the pool out. Not used with a table or a reference.</source>
        <translation>该碳库每 t C 对应的死有机质 t C 数。留空则为 0.03/0.97 = 0.0309（由论文中 3 % 的比例推得）；填 0 则不计该碳库。给出表格或参考栅格时不使用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Land cover</source>
        <translation>土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Raster of class codes, for coefficients by class: from the table below, or fitted to the reference in each class.</source>
        <translation>类别代码栅格，用于分类别的系数：取自下面的表格，或在每个类别内对参考栅格拟合。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Coefficients by class (table)</source>
        <translation>各类别系数（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Text table with one row per class: code (or lucode, value) and one or more of the columns above, below, soil, in t C of dead organic matter per t C of that pool; a name column if wanted. A pool without a column counts with 0. Needs the land cover.</source>
        <translation>文本表格，每个类别一行：code（或 lucode、value），以及 above、below、soil 中的一列或多列，即该碳库每 t C 对应的死有机质 t C 数；需要时可加名称列。没有列的碳库按 0 计。需要土地覆被。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Reference of dead organic matter</source>
        <translation>死有机质参考</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Carbon density raster of dead organic matter to which the coefficients are fitted. It may cover a part of the area only. The numbers of the fit are labelled 'fit'.</source>
        <translation>用于拟合系数的死有机质碳密度栅格。可以只覆盖部分区域。拟合所得数值标注为 'fit'。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Year</source>
        <translation>年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Calendar year, written to the output, where later steps read it. If left empty, it is the year that the rasters agree on (tag CARBON_YEAR).</source>
        <translation>公历年份，写入输出，供后续步骤读取。留空则取各栅格一致的年份（标签 CARBON_YEAR）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Dead organic matter (t C/ha)</source>
        <translation>死有机质（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Carbon density of dead organic matter, t C/ha, with the pool 'dead' in its tag.</source>
        <translation>死有机质的碳密度，t C/ha，标签中碳库为 'dead'。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Coefficients</source>
        <translation>系数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>One row, or one per class: coefficients, area in km2, mean density in t C/ha, stock in Tg C, and the number of cells of a fit.</source>
        <translation>一行，或每个类别一行：系数，面积（km2），平均密度（t C/ha），储量（Tg C），以及拟合所用像元数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Dead organic matter by pool</source>
        <translation>各碳库对应的死有机质</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>One row per pool: its stock in Tg C, the dead organic matter derived from it in Tg C, and shares in percent.</source>
        <translation>每个碳库一行：储量（Tg C），由其推得的死有机质（Tg C），以及比例（%）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Dead organic matter (Tg C)</source>
        <translation>死有机质（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Mean density of dead organic matter (t C/ha)</source>
        <translation>死有机质平均密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Share of dead organic matter in the total (%)</source>
        <translation>死有机质占总量的比例（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/deadorganicmatter.py"/>
        <source>Dead organic matter: {:,.6g} Tg C, {:,.4g} t C/ha on average (coefficients: {})</source>
        <translation>死有机质：{:,.6g} Tg C，平均 {:,.4g} t C/ha（系数：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Density series from records</source>
        <translation>由记录建立碳密度序列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Makes a series of mean carbon densities from records of literature or inventories: for every pool and year the mean, the number of records and the standard error, in kg C/m2. Records are the rows of a text table or of a layer, with a year, a pool, a value and its unit, and optionally a weight such as the area or number of plots that a record stands for; points can be limited to a study area. Units may differ from row to row. The table made is what 'Forecast density (ARIMA)' reads. Source: section 2.1.3 of the Xinjiang paper; standard error of a weighted mean after Cochran (1977).</source>
        <translation>由文献或清查记录建立平均碳密度序列：对每个碳库和年份给出平均值、记录数和标准误（kg C/m2）。记录是文本表格或图层的行，含年份、碳库、数值及其单位，可选权重，如该记录所代表的面积或样地数；点记录可限定在研究区内。各行单位可以不同。所得表格供“预测碳密度（ARIMA）”读取。来源：新疆论文第 2.1.3 节；加权平均的标准误按 Cochran（1977）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Records (table)</source>
        <translation>记录（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Text table with one record per row. Columns: year, pool, value (carbon density), unit (such as kg C/m2 or t C/ha; 'Mg' is a tonne) and, if there is one, weight. Give either this or a layer.</source>
        <translation>文本表格，每条记录一行。列：year、pool、value（碳密度）、unit（如 kg C/m2 或 t C/ha；'Mg' 即吨），如有则加 weight。表格与图层只给其一。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Records (layer)</source>
        <translation>记录（图层）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Point layer, or a table without geometry, with one record per feature and the same columns. Give either this or a text table.</source>
        <translation>点图层，或无几何的表格，每个要素一条记录，列相同。图层与文本表格只给其一。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Polygons: only records whose point lies in one of them are used. Any CRS. Needs a point layer.</source>
        <translation>多边形：只使用点位于其中之一的记录。坐标参考系不限。需要点图层。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Density series</source>
        <translation>密度序列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>One row per pool and year: year, pool, mean_kg_c_m2, n, se_kg_c_m2 (standard error of the mean; empty for a single record).</source>
        <translation>每个碳库每年一行：year、pool、mean_kg_c_m2、n、se_kg_c_m2（平均值的标准误；只有一条记录时为空）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Records used</source>
        <translation>使用的记录数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Pools</source>
        <translation>碳库数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>First year</source>
        <translation>首年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Last year</source>
        <translation>末年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Column of the year</source>
        <translation>年份列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Column of the pool</source>
        <translation>碳库列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Column of the density</source>
        <translation>密度列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Column of the unit</source>
        <translation>单位列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Column of the weight</source>
        <translation>权重列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Name of the column or field. If empty, it is looked for under: {}.</source>
        <translation>列或字段的名称。留空则在以下名称中查找：{}。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Without one all records count the same.</source>
        <translation>没有权重时各记录等权。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Unit of the densities</source>
        <translation>密度的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Unit of all values where no column holds it. 'from_table' takes the unit of each row. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.</source>
        <translation>没有单位列时全部数值的单位。'from_table' 采用每行的单位。1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Pool of all records</source>
        <translation>全部记录的碳库</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Pool (above, below, soil, dead, total or another name) of all records where no column holds it.</source>
        <translation>没有碳库列时全部记录所属的碳库（above、below、soil、dead、total 或其他名称）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>Reading the records</source>
        <translation>正在读取记录</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>{:,} records of {} pools, {} to {}{}</source>
        <translation>{:,} 条记录，{} 个碳库，{} 至 {}{}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/densityseries.py"/>
        <source>, weighted</source>
        <translation>，加权</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Estimate carbon density</source>
        <translation>估算碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Makes the carbon density raster of a year. The level model gives each cell its probabilities of low, medium and high density, the density model the density within each level, and equation 3 brings both to the year by the ratio of its pool mean to that of the base year, the year of the samples. Drivers are matched by name and scaled as in training, so that a change of a driver moves the map. By default the density is the mean over the levels by their probabilities, and the whole of it is multiplied by the ratio; the published forms (hard levels, only the part above the bound of the level multiplied, which delivers less than was asked) are there for comparison: to map models of the preset 'published' as the paper did, choose the restoration 'published' and hard levels. The ratio asked and the ratio delivered are always reported, and the cells outside the training range of each driver. The raster has the unit of the samples. Source: equations 2 and 3 of the Xinjiang paper.</source>
        <translation>生成某一年的碳密度栅格。等级模型给出每个像元属于低、中、高密度等级的概率，密度模型给出等级内的密度，公式 3 再以该年碳库平均值与基准年（样本所属年份）平均值之比把二者调整到该年。驱动因子按名称匹配，并按训练时的方式缩放，因此驱动因子的变化会反映到图上。默认以等级概率为权求各等级密度的平均，并将其整体乘以该比值；已发表的形式（硬等级，只把高于等级下界的部分乘以比值，实现的变化小于要求）保留以供比较：要像论文那样为预设 'published' 的模型制图，请选择复原方式 'published' 和硬等级。始终报告要求的比值和实现的比值，以及各驱动因子超出训练范围的像元数。栅格单位与样本相同。来源：新疆论文公式 2 和 3。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Driver stack of the year</source>
        <translation>该年的驱动因子堆栈</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Raster with one driver per band, named by the band descriptions, as 'Driver stack' makes it. It needs every driver of the models, in any order, in the units of the samples.</source>
        <translation>每个波段一个驱动因子的栅格，以波段描述命名，即“驱动因子堆栈”的输出。须包含模型的全部驱动因子，顺序不限，单位与样本相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Driver stacks of the years before</source>
        <translation>此前各年的驱动因子堆栈</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>For density models trained on yearly sequences only: the stacks of the earlier years. Their years are read from the tag CARBON_YEAR, not from the order of the list.</source>
        <translation>仅用于按年度序列训练的密度模型：更早年份的堆栈。年份从标签 CARBON_YEAR 读取，与列表顺序无关。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Level model</source>
        <translation>等级模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Model that 'Train density levels' made (.carbonmodel).</source>
        <translation>“训练碳密度等级模型”生成的模型（.carbonmodel）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Density model</source>
        <translation>密度模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Model that 'Train density within levels' made with this level model (.carbonmodel).</source>
        <translation>“训练等级内密度模型”以该等级模型生成的模型（.carbonmodel）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Densities by year (table)</source>
        <translation>逐年密度（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Table that 'Forecast density' makes: pool means by year in kg C/m2, observed and forecast. The ratio is the mean of the year over that of the base year, for the pool of the models. Give either this or a ratio; with neither, the ratio is 1.</source>
        <translation>“预测碳密度（ARIMA）”生成的表格：逐年碳库平均值（kg C/m2），含观测和预测。比值为模型所属碳库当年平均值与基准年平均值之比。表格与比值只给其一；都不给则比值为 1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Ratio to the base year</source>
        <translation>相对基准年的比值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Pool mean of the year over that of the base year, instead of the table; 1.2 is a fifth more carbon.</source>
        <translation>当年与基准年碳库平均值之比，用以代替表格；1.2 表示碳增加五分之一。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Year of the map</source>
        <translation>成图年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Calendar year of the map, looked up in the table and written to the outputs. If left empty, it is read from the stack's tag CARBON_YEAR.</source>
        <translation>成图的公历年份，用于在表格中查找，并写入输出。留空则从堆栈的标签 CARBON_YEAR 读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Base year</source>
        <translation>基准年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Calendar year of the density that the models were trained on. If left empty, it is the one in the level model.</source>
        <translation>训练模型所用密度的公历年份。留空则采用等级模型中的年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Means of the ratio</source>
        <translation>比值所用的平均值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>'series': the observation of a year, or the forecast where there is none. 'fitted': what the trend model gives for both years, so that the chance of a single year is not in the ratio. Both means are of one kind, so that the ratio is 1 in the base year.</source>
        <translation>'series'：取当年的观测值，没有观测时取预测值。'fitted'：两个年份都取趋势模型的拟合值，使个别年份的偶然波动不进入比值。两个平均值类型一致，因此基准年的比值为 1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Pool mean of the year (kg C/m2)</source>
        <translation>当年碳库平均值（kg C/m2）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>For the restoration 'meanmatched' without a table: the area-weighted mean that the map is brought to.</source>
        <translation>用于不给表格时的还原方式 'meanmatched'：把图的面积加权平均调整到该值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Forecast interval (%)</source>
        <translation>预测区间（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Interval of the table whose ends make the low and the high raster.</source>
        <translation>表格中的预测区间，其上下限用于生成高值和低值栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Restoration (equation 3)</source>
        <translation>还原方式（公式 3）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>'scaled' multiplies the whole density and delivers the ratio. 'published' is the equation as printed: only the part above the lower bound of the level is multiplied; an asked +20 % delivers about +6 % on real soil carbon, and the upper bound can be exceeded. 'meanmatched' brings the area-weighted mean of the map to the pool mean of the year; it reads the stack twice.</source>
        <translation>'scaled' 把密度整体乘以比值，能实现所要求的比值。'published' 按论文所印公式：只把高于等级下界的部分乘以比值；在真实土壤碳数据上要求 +20 % 只实现约 +6 %，且可能超出等级上界。'meanmatched' 把图的面积加权平均调整到当年碳库平均值；需读取堆栈两遍。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Levels</source>
        <translation>等级</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>'blended' weights the levels by their probabilities: no jumps at their borders, and more accurate. 'hard' takes the most probable level, as published.</source>
        <translation>'blended' 按概率对各等级加权：等级边界处没有跳变，精度更高。'hard' 取最可能的等级，与论文一致。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Scaling of the drivers</source>
        <translation>驱动因子的缩放</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>'stored' is the scaling of the training samples. 'fresh' is for reproducing older results only: every driver is stretched from its minimum and maximum of this year, as in the authors' scripts, so that +2 degC everywhere changes nothing; it reads the stack twice.</source>
        <translation>'stored' 采用训练样本的缩放参数。'fresh' 仅用于重现旧结果：如作者的脚本那样，用当年的最小值和最大值拉伸每个驱动因子，因此处处升温 2 degC 不会带来任何变化；需读取堆栈两遍。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Carbon density</source>
        <translation>碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Carbon density of the year, in the unit of the samples.</source>
        <translation>当年的碳密度，单位与样本相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Carbon density, low end of the forecast</source>
        <translation>碳密度，预测下限</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>The same with the low end of the forecast interval of the pool mean.</source>
        <translation>同上，采用碳库平均值预测区间的下限。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Carbon density, high end of the forecast</source>
        <translation>碳密度，预测上限</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>The same with the high end of the forecast interval of the pool mean.</source>
        <translation>同上，采用碳库平均值预测区间的上限。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Most probable level: 1 is the lowest.</source>
        <translation>最可能的等级：1 为最低。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Area of applicability</source>
        <translation>适用域</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>1 where conditions are like those of the training samples, 0 outside. It needs a density model that was trained with its reliability data.</source>
        <translation>条件与训练样本相似处为 1，之外为 0。需要训练时保留了可靠性数据的密度模型。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Dissimilarity index</source>
        <translation>相异指数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Distance to the nearest training sample in the space of the drivers, weighted by importance, over the mean distance between samples; no unit.</source>
        <translation>在驱动因子空间中到最近训练样本的距离（按重要性加权）除以样本间的平均距离；无单位。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Carbon density, low end of the models' interval</source>
        <translation>碳密度，模型区间下限</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Lower end of the 90 % prediction interval of the models, from residuals on spatial blocks that they had not seen. It needs a density model that was trained with its reliability data.</source>
        <translation>模型 90 % 预测区间的下限，由模型未见过的空间块上的残差求得。需要训练时保留了可靠性数据的密度模型。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Carbon density, high end of the models' interval</source>
        <translation>碳密度，模型区间上限</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Upper end of the same interval.</source>
        <translation>同一区间的上限。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Ratio asked and delivered</source>
        <translation>要求的比值与实现的比值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Ratio asked, ratio delivered and mean densities, one row for the estimate and for each end of the forecast interval.</source>
        <translation>要求的比值、实现的比值和平均密度；估算值一行，预测区间上下限各一行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Cells outside the training range</source>
        <translation>超出训练范围的像元</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>One row per driver: range of the training samples, cells below and above it, their share.</source>
        <translation>每个驱动因子一行：训练样本的取值范围，低于和高于该范围的像元数及其比例。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Ratio asked</source>
        <translation>要求的比值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Ratio delivered</source>
        <translation>实现的比值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Mean density (unit of the samples)</source>
        <translation>平均密度（样本的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Carbon stock (Tg C)</source>
        <translation>碳储量（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Cells outside the training range (%)</source>
        <translation>超出训练范围的像元（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Area inside the area of applicability (%)</source>
        <translation>适用域内面积（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Reading the models</source>
        <translation>正在读取模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/estimatedensity.py"/>
        <source>Ratio asked {:.4g}, delivered {:.4g}; mean {:,.5g} {}, {:,.6g} Tg C on {:,.6g} km2</source>
        <translation>要求的比值 {:.4g}，实现的比值 {:.4g}；平均 {:,.5g} {}，{:,.6g} Tg C，面积 {:,.6g} km2</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Forecast density (ARIMA)</source>
        <translation>预测碳密度（ARIMA）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Carries the yearly mean carbon density of each pool on to a later year, in kg C/m2 with 80 % and 95 % intervals. ARIMA models of several orders are fitted and compared by AICc, AIC or BIC, or an order is given. Each model is also asked to forecast years that are known, beside three simple ones: the last value (naive), the mean yearly change (drift) and a straight line (linear). By default the mean of the four forecasts is used: on some fifteen years ARIMA often loses, and none of them is reliably best. The input has one value per pool and year without gaps, at least 8 years. The table made gives 'Estimate carbon density' its ratio of two years. Source: equation 1 and Fig. 3 of the Xinjiang paper, with guards against fits that failed.</source>
        <translation>把各碳库的逐年平均碳密度外推到以后的年份（kg C/m2），并给出 80 % 和 95 % 区间。拟合多个阶数的 ARIMA 模型，按 AICc、AIC 或 BIC 比较，也可指定阶数。每个模型还要预测已知年份，并与三种简单方法对照：末值不变（naive）、年均变化（drift）和直线（linear）。默认采用四种预测的平均：在十五年左右的序列上 ARIMA 常常落后，没有哪一种始终最好。输入为每个碳库每年一个值，中间不缺年，至少 8 年。所得表格为“估算碳密度”提供两个年份的比值。来源：新疆论文公式 1 和图 3，并加入了对失败拟合的防护。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Density series (table)</source>
        <translation>密度序列（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Text table with the columns year, pool and mean_kg_c_m2 (or density, value), as 'Density series from records' makes it; or with the column year and one column per pool. Every year once, no gaps, at least 8 years. Give either this or a layer.</source>
        <translation>文本表格，列为 year、pool 和 mean_kg_c_m2（或 density、value），即“由记录建立碳密度序列”的输出；或为 year 列加每个碳库一列。每年一次，不缺年，至少 8 年。表格与图层只给其一。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Density series (layer)</source>
        <translation>密度序列（图层）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>The same as a table layer. Give either this or a text table.</source>
        <translation>同上，以表格图层给出。图层与文本表格只给其一。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>'from_table' reads it from the column's name (mean_kg_c_m2, soil [t C/ha]) or the column unit, and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.</source>
        <translation>'from_table' 从列名（mean_kg_c_m2、soil [t C/ha]）或 unit 列读取单位，没有时停止运行。1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Pools to forecast</source>
        <translation>要预测的碳库</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Names of pools, separated by commas. All are forecast if this is empty.</source>
        <translation>碳库名称，以逗号分隔。留空则全部预测。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Forecast to the year</source>
        <translation>预测到年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Last calendar year of the forecast. Observed years keep the observation.</source>
        <translation>预测的最后一个公历年份。有观测的年份保留观测值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Trend model</source>
        <translation>趋势模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>'average': mean of the four forecasts below, on short series the most accurate choice. 'best': for each pool the one with the smallest mean absolute error on known years. 'arima': as published. 'drift': the mean yearly change goes on. 'linear': a straight line. 'naive': the last value stays.</source>
        <translation>'average'：下列四种预测的平均，短序列上最准确。'best'：每个碳库取在已知年份上平均绝对误差最小者。'arima'：与论文一致。'drift'：延续年均变化。'linear'：直线。'naive'：保持末值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Given orders of ARIMA</source>
        <translation>指定的 ARIMA 阶数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Orders to use instead of a search, one row per pool; a row with an empty pool holds for all others. Such a pool is forecast with this ARIMA whatever the trend model is. The paper used p = 1 and q = 1 for soil.</source>
        <translation>不作搜索而直接采用的阶数，每个碳库一行；碳库为空的行适用于其余全部碳库。无论趋势模型为何，这些碳库都用该 ARIMA 预测。论文对土壤采用 p = 1、q = 1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Pool</source>
        <translation>碳库</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Differences (d)</source>
        <translation>差分次数（d）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>How often the series is differenced before the fit: 0, 1 or 2. If empty, it is decided by the KPSS and the augmented Dickey-Fuller test.</source>
        <translation>拟合前对序列差分的次数：0、1 或 2。留空则由 KPSS 检验和增广 Dickey-Fuller 检验决定。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Largest p</source>
        <translation>最大 p</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Most autoregressive terms that are tried. Fits with more than (years - d)/4 parameters are refused.</source>
        <translation>尝试的自回归项数上限。参数个数超过（年数 - d）/4 的拟合会被拒绝。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Largest q</source>
        <translation>最大 q</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Most moving-average terms that are tried.</source>
        <translation>尝试的移动平均项数上限。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Criterion of the search</source>
        <translation>搜索准则</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Information criterion by which the order is chosen. AICc suits short series; all three are reported.</source>
        <translation>选择阶数所用的信息准则。AICc 适合短序列；三种准则都会报告。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Constant in ARIMA</source>
        <translation>ARIMA 中的常数项</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>A mean (d = 0) or a drift (d = 1). 'auto': always for d = 0, by the criterion for d = 1; there is none for d = 2.</source>
        <translation>均值（d = 0）或漂移项（d = 1）。'auto'：d = 0 时总是包含，d = 1 时由准则决定；d = 2 时没有。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Name of the column. If empty: year.</source>
        <translation>列名。留空则为：year。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Name of the column. If empty: pool, where there is one.</source>
        <translation>列名。留空则为：pool（如有）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Name of the column. If empty: mean_kg_c_m2, density_kg_c_m2, mean, density or value; without any of them every other column is a pool.</source>
        <translation>列名。留空则为：mean_kg_c_m2、density_kg_c_m2、mean、density 或 value；都没有时，其余每一列各为一个碳库。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Densities by year</source>
        <translation>逐年密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>One row per pool and year, observed and forecast: density in kg C/m2, bounds of the 80 % and 95 % intervals, model and order.</source>
        <translation>每个碳库每年一行，含观测和预测：密度（kg C/m2），80 % 和 95 % 区间的上下限，模型和阶数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Orders tried</source>
        <translation>尝试过的阶数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Every ARIMA fit with its likelihood, AIC, BIC and AICc, and why it was refused.</source>
        <translation>每次 ARIMA 拟合的似然值、AIC、BIC 和 AICc，以及被拒绝的原因。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Check on known years</source>
        <translation>已知年份检验</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Errors in kg C/m2 of each model on years that it had not seen.</source>
        <translation>各模型在其未见过的年份上的误差（kg C/m2）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Pools forecast</source>
        <translation>已预测的碳库数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <source>Last observed year</source>
        <translation>最后的观测年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/forecastdensity.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>Predict density levels (CatBoost)</source>
        <translation>预测碳密度等级（CatBoost）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>Applies a model of 'Train density levels' to a driver stack of any year: the most probable level of carbon density of each cell, and the probability of every level. Bands are matched by name, so their order does not matter and further bands may be there; a driver in another unit than at training is refused. A cell is nodata where any driver is. Cells outside the range of the training samples are counted by driver: the model does not extrapolate. Source: section 2.3 of the Xinjiang paper.</source>
        <translation>把“训练碳密度等级模型”的模型用于任意年份的驱动因子堆栈：得到每个像元最可能的碳密度等级和各等级的概率。波段按名称匹配，因此顺序不限，也可有多余的波段；单位与训练时不同的驱动因子会被拒绝。任一驱动因子为无数据值的像元，结果也为无数据值。按驱动因子统计超出训练样本范围的像元：模型不作外推。来源：新疆论文第 2.3 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Driver stack</source>
        <translation>驱动因子堆栈</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Raster whose band descriptions are the names of the drivers, as 'Driver stack' makes it. Its grid is that of the outputs; year and scenario in its tags are handed on.</source>
        <translation>波段描述为驱动因子名称的栅格，即“驱动因子堆栈”的输出。输出采用其格网；标签中的年份和情景会传递下去。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>File .carbonmodel of 'Train density levels'. A file that is damaged, changed, written by a newer version or of another kind is refused.</source>
        <translation>“训练碳密度等级模型”的 .carbonmodel 文件。损坏、被改动、由更新版本写成或类型不符的文件会被拒绝。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>Density levels</source>
        <translation>密度等级</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>Code of the most probable level, 1 for the lowest; 8-bit, nodata 255. The names are kept in the file.</source>
        <translation>最可能等级的代码，1 为最低；8 位，无数据值 255。名称保存在文件中。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>Probability of the levels</source>
        <translation>各等级概率</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>One band per level, 0 to 1; the bands add up to 1.</source>
        <translation>每个等级一个波段，0 至 1；各波段之和为 1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>Table of levels</source>
        <translation>等级表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>One row per level: cells, area in km2, share of the area, mean probability.</source>
        <translation>每个等级一行：像元数，面积（km2），面积比例，平均概率。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>One row per driver: training range, cells below and above it, share.</source>
        <translation>每个驱动因子一行：训练范围，低于和高于该范围的像元数及比例。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Valid cells</source>
        <translation>有效像元数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Valid area (km2)</source>
        <translation>有效面积（km2）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Cells outside the training range of a driver (%)</source>
        <translation>任一驱动因子超出训练范围的像元（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/predictlevels.py"/>
        <source>{} ({}): {:.1f} % of the area</source>
        <translation>{}（{}）：占面积 {:.1f} %</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Sample carbon density</source>
        <translation>抽取碳密度样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Draws samples of a density raster together with its drivers, for models to be trained and tested on. Random sampling is the default: every cell has the same chance. The published design takes 1000 cells from each of 100 equal intervals between the smallest and the largest density, so rare densities are as many as common ones; every sample then carries a weight, and estimates without it are biased (by +9 % on a total in one test). Samples are split into train, test and validation by 7:2:1, at random or by whole spatial blocks: neighbours are alike, so only blocks tell how a model does in places it has not seen. Stacks of earlier years add columns such as 'NDVI (t-1) [1]'. The same seed gives the same samples. Source: section 2.1.4 of the Xinjiang paper; outliers as in 2.2 of the Jiangsu paper.</source>
        <translation>从密度栅格及其驱动因子中抽取样本，用于训练和检验模型。默认随机抽样：每个像元被抽中的机会相同。论文的设计是把密度最小值与最大值之间等分为 100 个区间，每个区间取 1000 个像元，因此少见的密度与常见的一样多；此时每个样本带有权重，不加权的估计是有偏的（一次试验中总量偏高 9 %）。样本按 7:2:1 划分为训练、测试和验证，可随机划分或按整个空间块划分：相邻像元彼此相似，只有空间块才能说明模型在未见过的地方表现如何。更早年份的堆栈会增加 'NDVI (t-1) [1]' 之类的列。种子相同则样本相同。来源：新疆论文第 2.1.4 节；异常值按江苏论文第 2.2 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Density raster to sample, with one band. Its grid is the reference; its values keep their unit.</source>
        <translation>要抽样的密度栅格，单波段。以其格网为准；数值保留原单位。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Year of the density</source>
        <translation>密度的年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Carbon pool of the density</source>
        <translation>密度所属的碳库</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Above, below, soil, dead, total or another name, written to the samples and so to the models, which find their rows in a table of several pools by it. If left empty, it is read from the raster's tag CARBON_POOL.</source>
        <translation>above、below、soil、dead、total 或其他名称（地上、地下、土壤、死有机质、合计），写入样本，因而也写入模型；模型凭它在含多个碳库的表格中找到自己的行。留空则从栅格的标签 CARBON_POOL 读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Raster with one driver per band, of the year of the density, as 'Driver stack' makes it. Names and units of its bands become the names of the columns.</source>
        <translation>每个波段一个驱动因子的栅格，年份与密度相同，即“驱动因子堆栈”的输出。波段的名称和单位成为列名。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Driver stacks of earlier years</source>
        <translation>更早年份的驱动因子堆栈</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>For models of yearly sequences: stacks with the same drivers, in any order. Their tags CARBON_YEAR say how many years before the density they are; 'NDVI (t-2) [1]' is NDVI two years before.</source>
        <translation>用于年度序列模型：含相同驱动因子的堆栈，顺序不限。由标签 CARBON_YEAR 判断比密度早几年；'NDVI (t-2) [1]' 即两年前的 NDVI。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Drivers to use</source>
        <translation>使用的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Names of the drivers to use, separated by commas. All are used if this is empty.</source>
        <translation>要使用的驱动因子名称，以逗号分隔。留空则全部使用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Table of 'Forecast density (ARIMA)' with which the models will be used, if there is one. Nothing is read from it; a pool or year that it lacks stops the run here rather than after the training.</source>
        <translation>之后模型将要配合使用的“预测碳密度（ARIMA）”的表格（若有）。此处不从中读取任何数值；若表中缺少该碳库或年份，运行在此就停止，而不是等到训练之后。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Sampling design</source>
        <translation>抽样设计</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>'random': every valid cell with the same chance (advised). 'proportional': from each interval of the density its share of the samples, so that the sample has the distribution of the raster, rare densities included. 'published': the same number from each interval, with weights.</source>
        <translation>'random'：每个有效像元机会相同（推荐）。'proportional'：按密度各区间所占比例抽样，使样本与栅格的分布一致，也包含少见的密度。'published'：每个区间抽取相同数量，并带权重。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Number of samples</source>
        <translation>样本数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>For 'random' and 'proportional'; all cells if there are fewer.</source>
        <translation>用于 'random' 和 'proportional'；像元不足时取全部像元。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Equal intervals of the density</source>
        <translation>密度的等宽区间数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Number of intervals between the smallest and the largest density, for 'proportional', 'published' and the table of counts.</source>
        <translation>密度最小值与最大值之间的区间数，用于 'proportional'、'published' 和计数表。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Samples per interval</source>
        <translation>每个区间的样本数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>For 'published'. An interval with fewer cells gives all of them.</source>
        <translation>用于 'published'。像元不足的区间取其全部像元。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Draw with replacement</source>
        <translation>有放回抽样</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>For 'published': cells of rare intervals are drawn repeatedly until the number is reached. The copies of a cell all go into one part of a random split.</source>
        <translation>用于 'published'：反复抽取少见区间的像元，直到达到所需数量。随机划分时，同一像元的各份副本归入同一部分。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Split, train : test : validation</source>
        <translation>划分，训练 : 测试 : 验证</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Sizes of the three parts, with colons between them. 0 leaves a part out.</source>
        <translation>三部分的大小，以冒号分隔。0 表示不设该部分。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Split by</source>
        <translation>划分方式</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>'random': sample by sample. 'blocks': whole spatial blocks, the honest test for places without samples.</source>
        <translation>'random'：逐个样本划分。'blocks'：按整个空间块划分，是对无样本地区的真实检验。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Side of the spatial blocks (km)</source>
        <translation>空间块边长（km）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Blocks are numbered in the column block, which cross-validation can use, too. Make them larger than the distance over which the density is alike. If left empty: a round number that gives about 100 blocks. In degrees and in Web Mercator blocks are laid out in true kilometres.</source>
        <translation>空间块编号写在 block 列，交叉验证也可使用。边长应大于密度彼此相似的距离。留空则取能得到约 100 个空间块的整数。对于经纬度坐标和 Web Mercator，空间块按真实公里数划分。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Valid ranges</source>
        <translation>有效范围</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Training samples outside are removed, and counted. The variable is a driver or 'density'; an empty limit is open. Values in the unit of the variable, with a point as decimal sign.</source>
        <translation>范围之外的训练样本被剔除并计数。变量为驱动因子名或 'density'；上下限为空表示不限。数值采用该变量的单位，小数点用点号。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Minimum</source>
        <translation>最小值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Maximum</source>
        <translation>最大值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Outlier rule: k of Q1 - k IQR and Q3 + k IQR</source>
        <translation>异常值规则：Q1 - k IQR 与 Q3 + k IQR 中的 k</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>If given (1.5 is usual), training samples beyond these fences in the density or a driver that is not categorical are removed, and counted. Skewed variables lose true values: look at the share removed. If left empty, nothing is removed.</source>
        <translation>若给出（常用 1.5），密度或非分类型驱动因子超出该界限的训练样本被剔除并计数。偏态变量会因此失去真实值：请查看剔除比例。留空则不剔除。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>One row per sample: x, y, row, col, block, split, interval, weight, pool, year, 'density [unit]' and a column 'name [unit]' per driver. It is what the training algorithms take.</source>
        <translation>每个样本一行：x、y、row、col、block、split、interval、weight、pool、year、'density [unit]'，以及每个驱动因子一列 'name [unit]'。供各训练算法使用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Samples (points)</source>
        <translation>样本（点）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>The same samples as a point layer at the centres of their cells.</source>
        <translation>同样的样本，存为位于像元中心的点图层。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Samples by interval</source>
        <translation>各区间样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Cells and samples of each interval of the density, by part of the split.</source>
        <translation>密度各区间的像元数和样本数，按划分部分列出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Samples removed</source>
        <translation>剔除的样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Training samples outside the valid ranges and beyond the fences, by variable.</source>
        <translation>超出有效范围或异常值界限的训练样本，按变量列出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Cells where density and drivers are valid</source>
        <translation>密度与驱动因子均有效的像元数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>Making the table</source>
        <translation>正在生成表格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/sampledensity.py"/>
        <source>{:,} samples of {:,} valid cells: {}; {} blocks ({})</source>
        <translation>{:,} 个样本，取自 {:,} 个有效像元：{}；{} 个空间块（{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Train density within levels (RNN, CatBoost)</source>
        <translation>训练等级内密度模型（RNN、CatBoost）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Trains, for every level of a level model, what tells the density within the level from the drivers: the second step of the coupled model of the Xinjiang paper (section 2.3, equation 2). The preset 'robust' is the default: the mean of a network (standardised drivers, squared error, linear head within the bounds of the level, early stopping, the smallest sufficient size; four of them in a level of fewer than 2000 samples) and a CatBoost regressor. 'published' is the paper's network alone: 5 layers of 512, ReLU head, L1 loss, Adam 0.001, batches of 500, 100 epochs, min-max scaling; it takes many times as long. About half of its starts are dead (the head answers 0 everywhere): this is detected, and training starts again from another seed. Drivers of earlier years (columns 'NDVI (t-1) [1]') make the network a true sequence model that reads the years in time order. Class codes become one input each. Every metric is labelled 'held-out' or 'fit'; the level of a sample is taken as known there.</source>
        <translation>针对等级模型的每个等级，训练由驱动因子推断等级内密度的模型：即新疆论文耦合模型的第二步（第 2.3 节，公式 2）。默认预设 'robust'：一个神经网络（驱动因子标准化、平方误差、输出限定在等级上下界内的线性输出层、提前停止、取足够的最小规模；样本少于 2000 个的等级用四个网络）与一个 CatBoost 回归器的平均。'published' 只用论文的网络：5 层 512 个单元，ReLU 输出层，L1 损失，Adam 0.001，批大小 500，100 个轮次，最小-最大缩放；耗时是前者的许多倍。其初始化约有一半是失效的（输出层处处为 0）：程序会识别，并换一个种子重新训练。更早年份的驱动因子（列 'NDVI (t-1) [1]'）使网络成为真正的序列模型，按时间顺序读取各年。类别代码按每类一个输入处理。每项指标都标明 'held-out' 或 'fit'；此处视样本的等级为已知。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Model that 'Train density levels' made from the same samples (.carbonmodel): its thresholds and bounds are used. Constant drivers that it left out are left out here, too.</source>
        <translation>“训练碳密度等级模型”用同一批样本生成的模型（.carbonmodel）：采用其阈值和上下界。它剔除的恒定驱动因子在此也被剔除。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>'robust' is the better one; 'published' reproduces the paper.</source>
        <translation>'robust' 效果更好；'published' 用于重现论文。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Models within each level</source>
        <translation>各等级内的模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>'network', 'catboost' (a regressor), or the 'average' of both. 'by_preset': average for 'robust', network for 'published'.</source>
        <translation>'network'、'catboost'（回归器），或两者的平均 'average'。'by_preset'：'robust' 用 average，'published' 用 network。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Folds of a cross-validation</source>
        <translation>交叉验证折数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>0 for none. Folds are whole spatial blocks where the samples have blocks or coordinates. Levels and density are trained again without each fold, which takes as long again per fold.</source>
        <translation>0 表示不做。样本带有空间块或坐标时，每折由整个空间块组成。每折都要重新训练等级模型和密度模型，因此每折再花同样长的时间。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Reliability kept in the model</source>
        <translation>模型中保留的可靠性数据</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>'applicability': training points for the area of applicability. 'intervals': also 90 % prediction intervals, for which levels and density are trained five times again. 'Estimate carbon density' can then make these rasters.</source>
        <translation>'applicability'：用于适用域的训练点。'intervals'：另加 90 % 预测区间，为此等级模型和密度模型要重新训练五次。之后“估算碳密度”即可生成这些栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>If left empty, the preset's: {}.</source>
        <translation>留空则采用预设值：{}。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Layers of the network</source>
        <translation>网络层数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Give the width too. The weights that came with the paper have 4 layers of 256.</source>
        <translation>须同时给出宽度。论文附带的权重为 4 层 256。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>a choice of 1 x 32, 2 x 32 and 2 x 64, or 5 x 512</source>
        <translation>在 1 x 32、2 x 32 和 2 x 64 中选择，或 5 x 512</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Width of a layer</source>
        <translation>每层宽度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Units of each layer. Give the number of layers too.</source>
        <translation>每层的单元数。须同时给出层数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Epochs at most</source>
        <translation>最大轮次数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Passes over the samples.</source>
        <translation>遍历全部样本的次数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Samples per step.</source>
        <translation>每步使用的样本数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Learning rate of the network</source>
        <translation>网络的学习率</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Of Adam.</source>
        <translation>Adam 的学习率。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Loss of the network</source>
        <translation>网络的损失函数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>'mse': squared error; 'huber': less weight for outliers; 'l1': absolute error, which aims at the median. 'by_preset': mse for 'robust', l1 for 'published'.</source>
        <translation>'mse'：平方误差；'huber'：降低异常值的影响；'l1'：绝对误差，趋向中位数。'by_preset'：'robust' 用 mse，'published' 用 l1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Patience (epochs)</source>
        <translation>耐心值（轮次）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Stop after so many epochs without gain on samples held out in whole spatial blocks; 0 trains all epochs.</source>
        <translation>在按整个空间块留出的样本上连续这么多轮次没有改进即停止；0 表示训练全部轮次。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Networks per level</source>
        <translation>每个等级的网络数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Several networks, each stopped early on other samples, are averaged; prediction takes so many times as long.</source>
        <translation>多个网络各自在不同样本上提前停止，取其平均；预测时间也相应成倍增加。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>1, and 4 for levels of fewer than 2000 samples; 1</source>
        <translation>1，样本少于 2000 个的等级为 4；1</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Weight the samples</source>
        <translation>样本加权</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Let every sample count for the cells that it stands for (column 'weight'). 'by_preset': no. Within a level the weights of samples from equal intervals differ little.</source>
        <translation>使每个样本按其所代表的像元数计入（列 'weight'）。'by_preset'：不加权。在同一等级内，等宽区间样本的权重差别很小。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Trees of CatBoost at most</source>
        <translation>CatBoost 最大树数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>For levels of 500 samples or more the number is chosen on samples held out in whole spatial blocks; smaller levels train 200, or so many if fewer, with a lower learning rate and more regularisation.</source>
        <translation>样本不少于 500 个的等级，树的数目按留出整个空间块的样本选定；更小的等级训练 200 棵（上限更低时按上限），学习率更低，正则化更强。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Fewest training samples of a level</source>
        <translation>每个等级的最少训练样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>A level with fewer cannot be learnt alone.</source>
        <translation>样本更少的等级无法单独学习。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Levels with too few samples</source>
        <translation>样本过少的等级</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>'merge' lets them share the model of the smaller neighbour and says so; 'refuse' stops.</source>
        <translation>'merge' 使其与较小的相邻等级共用模型，并给出提示；'refuse' 停止运行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>'auto' takes what the settings of the plugin say: by default a GPU if PyTorch finds one ('cuda'), else the processor.</source>
        <translation>'auto' 按插件设置：默认在 PyTorch 找到 GPU 时用 GPU（'cuda'），否则用处理器。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>File .carbonmodel with the weights, scaling, drivers and metrics. It holds no code and is safe to share.</source>
        <translation>.carbonmodel 文件，含权重、缩放参数、驱动因子和指标。不含代码，可放心共享。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Metrics</source>
        <translation>指标</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>One row per level and set of samples, held-out and fit: R2, MAE, RMSE, bias and others; quantities in the unit of the samples.</source>
        <translation>每个等级、每组样本一行，分留出和拟合：R2、MAE、RMSE、偏差等；数值采用样本的单位。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Loss curves</source>
        <translation>损失曲线</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Losses after each epoch of a network and each tenth tree of CatBoost, of the rows learnt from and those held out.</source>
        <translation>网络每个轮次之后、CatBoost 每十棵树之后的损失，分学习用的行和留出的行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Sizes of the networks</source>
        <translation>网络规模</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Sizes that were tried for each level, their error on rows held out, and which was used.</source>
        <translation>每个等级尝试过的规模、在留出行上的误差，以及采用的规模。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>RMSE on held-out samples, level known (unit of the samples)</source>
        <translation>留出样本的 RMSE，等级已知（样本的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>RMSE on training samples, level known (unit of the samples)</source>
        <translation>训练样本的 RMSE，等级已知（样本的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>R2 of levels and density together, cross-validated (at most 1)</source>
        <translation>等级与密度合计的 R2，交叉验证（至多为 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/traindensity.py"/>
        <source>Level known, {} ({}): RMSE {:.4g} {} of {:,} samples</source>
        <translation>等级已知，{}（{}）：RMSE {:.4g} {}，{:,} 个样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Train density levels (CatBoost)</source>
        <translation>训练碳密度等级模型（CatBoost）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Divides carbon density into levels (low, medium, high) and trains CatBoost to tell them apart from the drivers: the first step of the coupled model of the Xinjiang paper (section 2.3). The thresholds and the smallest and largest density of each level (Bmin, Bmax) come from the training samples and are kept in the model. The preset 'robust' is the default: levels of equally many samples, regularised trees of depth 6, their number chosen on folds of whole spatial blocks, and samples weighted. 'published' is the paper's: natural breaks, 1500 trees of depth 8, learning rate 0.1, 70/30 split, no weights; it takes several times as long. Every metric is labelled 'held-out' (samples that the model did not learn from) or 'fit' (samples that it did).</source>
        <translation>把碳密度划分为等级（低、中、高），并训练 CatBoost 由驱动因子加以区分：即新疆论文耦合模型的第一步（第 2.3 节）。阈值以及各等级的最小和最大密度（Bmin、Bmax）取自训练样本，保存在模型中。默认预设 'robust'：各等级样本数相等，深度 6 的正则化树，树数由整个空间块构成的折选定，样本加权。'published' 与论文一致：自然断点，1500 棵深度 8 的树，学习率 0.1，70/30 划分，不加权；耗时数倍。每项指标都标明 'held-out'（模型未学习过的样本）或 'fit'（学习过的样本）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Thresholds between the levels</source>
        <translation>等级间的阈值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>How the training densities are divided. 'automatic': the preset's, quantile for robust and natural for published. 'natural': natural breaks, the smallest sum of squares within the levels. 'quantile': as many samples in each. 'equal': intervals of equal width. 'given': as typed below.</source>
        <translation>训练密度的划分方式。'automatic'：按预设，robust 用 quantile，published 用 natural。'natural'：自然断点，等级内平方和最小。'quantile'：各等级样本数相等。'equal'：等宽区间。'given'：按下面填写的值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Number of levels</source>
        <translation>等级数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>2 to 10; the paper has 3: low, medium, high. Not used for given thresholds.</source>
        <translation>2 至 10；论文为 3：低、中、高。指定阈值时不使用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Given thresholds (in the unit of the density)</source>
        <translation>指定的阈值（密度的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>For 'given': the densities between the levels from the smallest to the largest, with blanks between them and a point as decimal sign (a decimal comma is refused). '40 80' makes three levels: up to 40, above 40 to 80, above 80.</source>
        <translation>用于 'given'：等级之间的密度值，从小到大，以空格分隔，小数点用点号（不接受逗号小数点）。'40 80' 得到三个等级：不超过 40、40 至 80、高于 80。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>A level with fewer cannot be learnt.</source>
        <translation>样本更少的等级无法学习。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>'merge' joins them with the smaller of their neighbours and says so; 'refuse' stops. A given level without any sample always stops the run.</source>
        <translation>'merge' 将其与较小的相邻等级合并，并给出提示；'refuse' 停止运行。指定的等级若没有任何样本，总是停止运行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>With weights every sample counts for the cells that it stands for (column 'weight'), in the thresholds and in the training. Without, samples drawn from equal intervals of the density make high levels look as frequent as low ones, and the estimated density too high. 'by_preset': yes for 'robust', no for 'published'. Of samples drawn at random all weights are 1, and nothing changes.</source>
        <translation>加权时，每个样本在阈值和训练中都按其所代表的像元数计入（列 'weight'）。不加权时，从密度等宽区间抽取的样本会使高等级看起来与低等级一样常见，估算的密度偏高。'by_preset'：'robust' 加权，'published' 不加权。随机抽取的样本权重均为 1，没有差别。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Leave out constant drivers</source>
        <translation>剔除恒定的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>A driver with one value in all training samples explains nothing. Otherwise it stops the run.</source>
        <translation>在全部训练样本中只有一个值的驱动因子没有解释作用。否则停止运行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Trees at most</source>
        <translation>最大树数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>If left empty, the preset's: 600 or 1500.</source>
        <translation>留空则采用预设值：600 或 1500。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Depth of the trees</source>
        <translation>树的深度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>If left empty, the preset's: 6 or 8.</source>
        <translation>留空则采用预设值：6 或 8。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>If left empty, the preset's: 0.1.</source>
        <translation>留空则采用预设值：0.1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>File .carbonmodel with the classifier, thresholds, Bmin and Bmax, drivers and metrics. It holds no code and is safe to share.</source>
        <translation>.carbonmodel 文件，含分类器、阈值、Bmin 和 Bmax、驱动因子和指标。不含代码，可放心共享。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>One row per level: thresholds, Bmin, Bmax and training samples.</source>
        <translation>每个等级一行：阈值、Bmin、Bmax 和训练样本数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Rows are the true level, columns the predicted one; held-out and fit.</source>
        <translation>行为真实等级，列为预测等级；分留出和拟合。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Accuracy, kappa and log-loss; precision, recall and F1 of each level; held-out and fit.</source>
        <translation>准确率、kappa 和对数损失；各等级的精确率、召回率和 F1；分留出和拟合。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Importance of the drivers</source>
        <translation>驱动因子重要性</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Share of the change of the prediction that goes with each driver, in %.</source>
        <translation>每个驱动因子引起的预测变化所占比例，%。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Accuracy on held-out samples (0 to 1)</source>
        <translation>留出样本准确率（0 至 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Accuracy on training samples (0 to 1)</source>
        <translation>训练样本准确率（0 至 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Levels after merging</source>
        <translation>合并后的等级数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Trees kept</source>
        <translation>保留的树数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/density/trainlevels.py"/>
        <source>Accuracy ({}): {:.1%} of {:,} samples, {}</source>
        <translation>准确率（{}）：{:.1%}，{:,} 个样本，{}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <source>Method of classification</source>
        <translation>分类方法</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <source>'natural': natural breaks, the smallest sum of squares within the classes (exact Fisher-Jenks). 'quantile': equal numbers of cells. 'equal': equal intervals. 'geometric': intervals that grow by a constant factor. 'sd': one standard deviation each. 'optimal': the method and the number of classes (3 to 8) that explain most of Y. 'given': your own bounds.</source>
        <translation>'natural'：自然断点，类内平方和最小（精确的 Fisher-Jenks）。'quantile'：各类像元数相等。'equal'：等间距。'geometric'：间距按固定倍数增长。'sd'：每类一个标准差。'optimal'：取最能解释 Y 的方法和类数（3 至 8）。'given'：自定分界。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Number of classes</source>
        <translation>类数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <source>Number of classes of a continuous driver. Not used by 'optimal' and 'given'. More classes than there are different values are refused.</source>
        <translation>连续型驱动因子的类数。'optimal' 和 'given' 不使用。类数多于不同取值的个数时会被拒绝。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <source>Natural breaks from every distinct value</source>
        <translation>用每个不同取值计算自然断点</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <source>Otherwise more than 65,536 distinct values go into a fine histogram, which is within a millionth of the optimum and much quicker. All values must fit into memory.</source>
        <translation>否则，超过 65,536 个不同取值时归入精细直方图，与最优解相差不到百万分之一，而且快得多。全部取值须能放入内存。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <source>Smallest gain in q for more classes ('optimal')</source>
        <translation>增加类数所需的最小 q 增益（'optimal'）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/_classing.py"/>
        <source>For 'optimal': the number of classes grows only while the best q grows by at least this share of itself (0.05 is 5 %), because more classes almost always give a larger q. 0 takes the largest q.</source>
        <translation>用于 'optimal'：仅当最佳 q 的相对增幅不小于该值（0.05 即 5 %）时才增加类数，因为类数越多 q 几乎总是越大。0 表示取最大的 q。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Classify a driver</source>
        <translation>驱动因子离散化</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Cuts the values of a raster into classes and writes them as codes 1 to k with their bounds as names. Natural breaks are the exact optimum, also for millions of values; with 'optimal' the method and the number of classes are chosen so that the classes explain most of a second raster. A class holds its upper bound. The table gives bounds, cells and area of each class, and can be given to 'Geodetector: what explains the carbon map' as bounds. Source: Fisher (1958) and Jenks (1967) for natural breaks, Song et al. (2020) for optimal classes.</source>
        <translation>把栅格的值划分为若干类，写为代码 1 至 k，以分界作为类名。自然断点是精确最优解，数百万个值也适用；'optimal' 选择方法和类数，使各类最能解释另一幅栅格。每类包含其上界。表格给出每类的分界、像元数和面积，可作为分界输入“地理探测器：碳空间格局的驱动因子”。来源：自然断点见 Fisher（1958）和 Jenks（1967），最优分类见 Song 等（2020）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Driver raster</source>
        <translation>驱动因子栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Raster of a continuous quantity, such as precipitation or elevation. Of several bands the first is classed.</source>
        <translation>连续量的栅格，如降水或高程。多波段时取第一个波段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Upper bounds of the classes</source>
        <translation>各类的上界</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>For 'given': the upper bound of each class from the smallest to the largest, with blanks between them and a point as decimal sign (a decimal comma is refused): 10 20.5 40. The last one must not be below the largest value.</source>
        <translation>用于 'given'：各类的上界，从小到大，以空格分隔，小数点用点号（不接受逗号小数点）：10 20.5 40。最后一个不得小于最大值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Raster to explain (Y), for 'optimal'</source>
        <translation>要解释的栅格（Y），用于 'optimal'</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>For 'optimal': the raster that the classes are to explain, such as carbon density or its rate. It is aligned to the driver raster.</source>
        <translation>用于 'optimal'：各类所要解释的栅格，如碳密度或其速率。它会与驱动因子栅格对齐。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Driver classes</source>
        <translation>驱动因子类别</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Class codes 1 to k, 8-bit, nodata 255; the bounds are kept in the file as names of the classes.</source>
        <translation>类别代码 1 至 k，8 位，无数据值 255；分界作为类名保存在文件中。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Table of classes</source>
        <translation>类别表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>One row per class: lower and upper bound, cells, area in km2 and share of the area.</source>
        <translation>每类一行：下界和上界，像元数，面积（km2），面积比例。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>q by method and number of classes</source>
        <translation>不同方法和类数的 q</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>For 'optimal': q of every combination that was tried, and the one chosen.</source>
        <translation>用于 'optimal'：尝试过的每种组合的 q，以及选定的组合。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>q of the classes (with 'optimal')</source>
        <translation>各类的 q（用 'optimal' 时）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>Method used</source>
        <translation>采用的方法</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/classifydriver.py"/>
        <source>{} classes by '{}': upper bounds {}</source>
        <translation>{} 类，方法“{}”：上界 {}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Geodetector: what explains the carbon map</source>
        <translation>地理探测器：碳空间格局的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Measures how much of the variance of a map (carbon density, its rate) each driver explains when the map is cut along the driver's classes: q, from 0 to 1, after Wang et al. (2010). Two drivers together give the interaction detector and its type; the ecological detector compares drivers, the risk detector the strata. Everything is computed for the whole region and, on request, inside every ecosystem, in one pass over all cells. Give either rasters (Y, and a driver stack or driver rasters) or a layer with fields. q is an association in space, not a cause. p_published matches published numbers but changes when a constant is added to Y: judge by p_F and q_adj. Source: equation 7 of the Xinjiang paper; optimal classes after Song et al. (2020).</source>
        <translation>按驱动因子的类别分层后，度量每个驱动因子对一幅图（碳密度或其速率）方差的解释程度：q 统计量，0 至 1，据王劲峰等（2010）。两个驱动因子组合得到交互作用探测及其类型；生态探测比较各驱动因子，风险探测比较各层。全部结果针对整个区域计算，也可按要求在每个生态系统内计算，只需遍历一次全部像元。可给出栅格（Y，以及驱动因子堆栈或驱动因子栅格），也可给出带字段的图层。q 表示空间关联，不表示因果。p_published 与已发表的数值一致，但给 Y 加上一个常数时它会改变：请以 p_F 和 q_adj 为准。来源：新疆论文公式 7；最优离散化据 Song 等（2020）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Raster to explain (Y)</source>
        <translation>要解释的栅格（Y）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Raster of the quantity to explain, such as carbon density or accumulation rate. Its grid is the reference: all drivers are aligned to it. Of several bands the first is used. Leave it empty for a layer with fields.</source>
        <translation>要解释的量的栅格，如碳密度或碳累积速率。以其格网为准，全部驱动因子与之对齐。多波段时取第一个波段。使用带字段的图层时留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Raster with one driver per band, named by the band descriptions, as 'Driver stack' makes it. Bands flagged there as categorical are strata as they stand.</source>
        <translation>每个波段一个驱动因子的栅格，以波段描述命名，即“驱动因子堆栈”的输出。其中标记为分类型的波段直接作为分层。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Driver rasters</source>
        <translation>驱动因子栅格（单个）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Rasters of single drivers, named by their layers; they may be given beside a stack.</source>
        <translation>单个驱动因子的栅格，以图层名命名；可与堆栈同时给出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Ecosystems (raster of classes)</source>
        <translation>生态系统（类别栅格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>If given, everything is also computed inside each of its classes.</source>
        <translation>若给出，还会在其每个类别内分别计算。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Layer with fields, instead of rasters</source>
        <translation>带字段的图层（代替栅格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Point or polygon layer, or a table, with Y and the drivers in its fields; every feature counts the same. Rows with a missing value are left out and counted.</source>
        <translation>点或多边形图层，或表格，Y 与驱动因子在其字段中；各要素等权。有缺失值的行被剔除并计数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Field to explain (Y)</source>
        <translation>要解释的字段（Y）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Numeric field of the layer.</source>
        <translation>图层的数值字段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Fields that may explain Y. Numbers are classed as below; text is taken as strata, unless it is a number in every row.</source>
        <translation>可能解释 Y 的字段。数值按下面的方法离散化；文本直接作为分层，除非每一行都是数值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Ecosystem field</source>
        <translation>生态系统字段</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>If given, everything is also computed inside each of its values.</source>
        <translation>若给出，还会在其每个取值内分别计算。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Categorical drivers</source>
        <translation>分类型驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Names of drivers whose values are classes already (land cover, soil type), separated by commas.</source>
        <translation>其值本身就是类别的驱动因子名称（土地覆被、土壤类型），以逗号分隔。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Class bounds of drivers</source>
        <translation>驱动因子的类别分界</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Upper bounds of the classes of single drivers, from the smallest to the largest with blanks between them and a point as decimal sign (a decimal comma is refused); used whatever the method is.</source>
        <translation>单个驱动因子各类的上界，从小到大，以空格分隔，小数点用点号（不接受逗号小数点）；无论采用何种方法都以此为准。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Driver</source>
        <translation>驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Upper bounds</source>
        <translation>上界</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Class bounds of drivers (table)</source>
        <translation>驱动因子的类别分界（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Text table with the columns driver and upper_bound, one row per class; the table of classes of an earlier run will do, so that two dates share their classes.</source>
        <translation>文本表格，列为 driver 和 upper_bound，每类一行；可用以前运行的类别表，使两个时期采用相同的类别。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Minimum of cells per stratum</source>
        <translation>每层最少像元数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Strata with fewer cells are left out with their cells. 1 keeps all, as the original software does; 2 leaves out strata of one cell, as other packages do.</source>
        <translation>像元更少的层连同其像元一起剔除。1 全部保留，与原软件一致；2 剔除只有一个像元的层，与其他软件包一致。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Variance in p_published</source>
        <translation>p_published 中的方差</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Variance in the published (non-central F) test: packages differ. It matters for matching published p values only.</source>
        <translation>已发表的（非中心）F 检验中的方差：各软件包不同。仅在核对已发表的 p 值时有意义。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Share of cells to use (0 to 1)</source>
        <translation>使用像元的比例（0 至 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>1 uses every cell. Below it, each cell is drawn with this probability, the same ones for the same seed.</source>
        <translation>1 使用全部像元。小于 1 时每个像元以该概率抽取，种子相同则抽取的像元相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Factor detector</source>
        <translation>因子探测</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>One row per driver, for the whole region and each ecosystem: q, q_adj, p values, strata and cells.</source>
        <translation>每个驱动因子一行，分整个区域和各生态系统：q、q_adj、p 值、层数和像元数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Interaction detector</source>
        <translation>交互作用探测</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>One row per pair of drivers: q of each and of both, and the type of the interaction.</source>
        <translation>每对驱动因子一行：各自的 q 和共同的 q，以及交互作用类型。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Ecological detector</source>
        <translation>生态探测</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Whether two drivers differ in how much they explain.</source>
        <translation>两个驱动因子的解释程度是否有显著差异。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Risk detector</source>
        <translation>风险探测</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Welch's t test between the strata of each driver.</source>
        <translation>各驱动因子的层与层之间的 Welch t 检验。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Means of the strata</source>
        <translation>各层平均值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Cells, mean and standard deviation of Y in each stratum.</source>
        <translation>每层中的像元数，以及 Y 的平均值和标准差。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Classes of the drivers</source>
        <translation>驱动因子的类别</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Bounds and cells of every class. It can be given as table of class bounds to another run.</source>
        <translation>每类的分界和像元数。可作为类别分界表用于另一次运行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Cells (or rows) analysed</source>
        <translation>参与分析的像元数（或行数）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Largest q of a driver</source>
        <translation>驱动因子的最大 q</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>Driver with the largest q</source>
        <translation>q 最大的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/drivers/geodetector.py"/>
        <source>{} explains the largest share of {}: q = {:.4f}</source>
        <translation>{} 对 {} 的解释程度最高：q = {:.4f}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Aggregate time steps</source>
        <translation>时间步聚合</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Makes one raster of many time steps of one variable: months or days to a year, or years to the mean of a period. Precipitation is summed, of NDVI the maximum is taken, temperature and soil moisture are averaged, unless another statistic is chosen; where every step is a year, the mean of the years is taken. Steps are read one after the other: memory does not grow with their number. NetCDF works through GDAL, as NETCDF:"file.nc":variable or by dragging the variable into QGIS. Source: data preparation of the Xinjiang paper (2.1).</source>
        <translation>把一个变量的多个时间步合成为一幅栅格：由月或日到年，或由多年到该时期的平均。除非另选统计量，降水求和，NDVI 取最大值，气温和土壤水分取平均；若每一步都是一年，则取各年的平均。时间步逐个读取：内存占用不随步数增加。NetCDF 通过 GDAL 读取，写作 NETCDF:"file.nc":variable，或把变量拖入 QGIS。来源：新疆论文的数据准备（第 2.1 节）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Time steps</source>
        <translation>时间步</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Rasters of one variable; every band of each is one step, and their order does not matter. Steps on another grid are aligned to the first raster.</source>
        <translation>同一变量的栅格；每幅的每个波段为一个时间步，顺序不限。格网不同的时间步与第一幅栅格对齐。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Name of the variable, such as PRE, TEM, SM or NDVI. It names the result and sets the usual statistic. If left empty: the name of the first layer without year and scenario.</source>
        <translation>变量名称，如 PRE、TEM、SM 或 NDVI。用作结果的名称，并决定常用统计量。留空则取第一个图层名去掉年份和情景后的部分。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Statistic</source>
        <translation>统计量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>'auto' takes the usual one of the variable: sum for PRE (precipitation), max for NDVI, mean for all else. Where every step is a year (by NetCDF dates, tags CARBON_YEAR or the years in the names), 'auto' is the mean.</source>
        <translation>'auto' 取该变量常用的统计量：PRE（降水）为 sum，NDVI 为 max，其余为 mean。若每一步都是一年（依据 NetCDF 日期、标签 CARBON_YEAR 或名称中的年份），'auto' 为 mean。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Valid steps that a cell needs</source>
        <translation>像元所需的有效时间步数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Cells with fewer valid steps become nodata. If left empty, every step must be valid. Sums over fewer steps are not scaled up.</source>
        <translation>有效时间步更少的像元成为无数据值。留空则要求每个时间步都有效。时间步不足的总和不作放大。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Unit of the steps</source>
        <translation>时间步的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Unit such as mm or degC, written to the result. If left empty, it is read from the rasters, which must then agree. Values are not converted.</source>
        <translation>单位，如 mm 或 degC，写入结果。留空则从栅格读取，各栅格须一致。数值不作换算。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Year of the result</source>
        <translation>结果的年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Calendar year (of a period: the year it stands for). If left empty, it is taken from the rasters' tag CARBON_YEAR where they agree.</source>
        <translation>公历年份（时期则为其代表年份）。留空则取各栅格标签 CARBON_YEAR，须一致。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Aggregate</source>
        <translation>聚合结果</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>The statistic of each cell over all steps, in the unit of the steps.</source>
        <translation>每个像元在全部时间步上的统计量，单位与时间步相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Number of valid steps</source>
        <translation>有效时间步数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>How many steps are valid in each cell.</source>
        <translation>每个像元中有效的时间步个数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Table of steps</source>
        <translation>时间步表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>One row per step: date or name, source, valid cells and mean.</source>
        <translation>每个时间步一行：日期或名称、来源、有效像元数和平均值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Number of steps</source>
        <translation>时间步个数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Smallest value</source>
        <translation>最小值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Largest value</source>
        <translation>最大值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>Mean over cells</source>
        <translation>像元平均值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/aggregatetime.py"/>
        <source>{} of {}: {:,.6g} to {:,.6g}, mean {:,.6g} {}</source>
        <translation>{}（{}）：{:,.6g} 至 {:,.6g}，平均 {:,.6g} {}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>Check pool table</source>
        <translation>检查碳库表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>Looks for everything that is wrong or doubtful in a table of carbon pools by land-cover class: missing columns, text in numbers, negative values, codes that come twice, improbable amounts and below/above ratios, columns that look swapped, a unit that does not fit; with a land cover also codes that only one of the two has. Nothing is changed, and the run does not fail on the table's content: errors are what would stop later steps, warnings ask for a second look, infos are good to know. Source: pool table of the InVEST carbon model.</source>
        <translation>查找按土地覆被类别编制的碳库表中一切错误或可疑之处：缺少的列、数值中的文字、负值、重复的代码、不合理的数值和地下/地上比、疑似对调的列、不相符的单位；给出土地覆被时，还检查只在其中一方出现的代码。不改动任何内容，也不会因表格内容而运行失败：错误会使后续步骤停止，警告需要再看一眼，信息供参考。来源：InVEST 碳模型的碳库表。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>Raster of land-cover class codes; its codes are compared with those of the table. May be left empty.</source>
        <translation>土地覆被类别代码栅格；其代码与表中的代码对照。可以留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>Findings</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>One row per finding: severity, line, class, column, what was found and what to do; errors first.</source>
        <translation>每项结果一行：严重程度、行号、类别、列、发现的问题和处理办法；错误在先。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>Infos</source>
        <translation>信息</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>Classes with a usable code</source>
        <translation>代码可用的类别数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>Counting the codes of the land cover</source>
        <translation>正在统计土地覆被的代码</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>can be used</source>
        <translation>可以使用</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>cannot be used as it is</source>
        <translation>不能直接使用</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>'{}' {}: {} errors, {} warnings, {} infos</source>
        <translation>“{}”{}：{} 个错误，{} 个警告，{} 条信息</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/checkpooltable.py"/>
        <source>line {}</source>
        <translation>第 {} 行</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Convert carbon density</source>
        <translation>换算碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Makes a carbon density raster that says what it is: unit, pool and year are written to the file, where all later steps read them. Density = (stored value x scale + offset) x carbon fraction, converted to the unit chosen. Many biomass maps hold dry matter (Mg/ha), not carbon: choose the unit without C and a carbon fraction of 0.47. Nothing is clipped or altered; negative and improbable values are reported. Also gives the total in Tg C. Source: carbon fraction of dry matter after IPCC (2006).</source>
        <translation>生成写明自身含义的碳密度栅格：单位、碳库和年份写入文件，供后续各步骤读取。密度 =（存储值 x 缩放系数 + 偏移量）x 含碳率，并换算为所选单位。许多生物量图存放的是干物质（Mg/ha）而不是碳：此时请选择不带 C 的单位，含碳率取 0.47。不裁剪、不改动任何值；负值和不合理的值会报告出来。同时给出总量（Tg C）。来源：干物质含碳率见 IPCC（2006）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Density raster</source>
        <translation>密度栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Raster of biomass or carbon per area, such as a downloaded biomass map or soil carbon stock.</source>
        <translation>单位面积生物量或碳量的栅格，如下载的生物量图或土壤碳储量图。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Band</source>
        <translation>波段</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Number of the band to convert; 1 is the first.</source>
        <translation>要换算的波段号；1 为第一个波段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Unit of the raster</source>
        <translation>栅格的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Unit of the values after scale and offset. 'from_raster' takes the unit written in the raster and stops if there is none that names carbon. t C/ha is Mg C/ha. The units without C are dry matter or other mass: they need a carbon fraction below 1.</source>
        <translation>应用缩放系数和偏移量之后的单位。'from_raster' 采用栅格中写明的单位，若没有指明为碳的单位则停止运行。t C/ha 即 Mg C/ha。不带 C 的单位是干物质或其他质量：需要小于 1 的含碳率。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Unit of the result</source>
        <translation>结果的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.</source>
        <translation>1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Carbon fraction (t C per t of the raster's unit)</source>
        <translation>含碳率（每吨栅格单位的碳吨数）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Share of the mass that is carbon: 1 if the raster holds carbon, 0.47 for plant dry matter (IPCC 2006 default), above 0 and at most 1.</source>
        <translation>质量中碳所占的比例：栅格已是碳量时为 1，植物干物质为 0.47（IPCC 2006 默认值）；大于 0，至多为 1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Carbon pool</source>
        <translation>碳库</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Which pool the raster is; written to the result, and used to warn of improbable values. May be left empty.</source>
        <translation>该栅格属于哪个碳库；写入结果，并用于提示不合理的值。可以留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Scale</source>
        <translation>缩放系数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Stored values are multiplied by this number first. If left empty: the scale written in the raster, usually 1. A map in Mg/ha x 10 needs 0.1.</source>
        <translation>存储值先乘以该数。留空则采用栅格中写明的缩放系数，通常为 1。以 Mg/ha 的 10 倍存储的图应填 0.1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Offset</source>
        <translation>偏移量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Added after the scale, in the unit of the raster. If left empty: the offset written in the raster, usually 0.</source>
        <translation>在缩放之后加上，单位与栅格相同。留空则采用栅格中写明的偏移量，通常为 0。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Carbon density in the unit chosen.</source>
        <translation>所选单位的碳密度。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Density summary</source>
        <translation>密度概要</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>One row: smallest, largest and mean density, total in Tg C, valid cells and their area.</source>
        <translation>一行：最小、最大和平均密度，总量（Tg C），有效像元数及其面积。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Smallest density (unit of the result)</source>
        <translation>最小密度（结果的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Largest density (unit of the result)</source>
        <translation>最大密度（结果的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Mean density, weighted by area (unit of the result)</source>
        <translation>面积加权平均密度（结果的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Total (Tg C)</source>
        <translation>总量（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/convertdensity.py"/>
        <source>Total: {:,.6g} Tg C on {:,.6g} km2, mean {:,.6g} {} ({} cell areas)</source>
        <translation>总量：{:,.6g} Tg C，面积 {:,.6g} km2，平均 {:,.6g} {}（像元面积：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Brings driver rasters (climate, terrain, vegetation, land use) onto one grid and writes them as one raster whose band descriptions are the names of the drivers. Later steps find drivers by name, so the order of bands does not matter. Quantities are averaged where cells become larger and interpolated (bilinear) where they become smaller; class codes take the commonest or the nearest class. Each driver keeps its own nodata cells, and its unit and whether it is categorical are written to its band. Source: data preparation of both papers (Xinjiang 2.1, Jiangsu 2.2).</source>
        <translation>把驱动因子栅格（气候、地形、植被、土地利用）统一到一个格网，写为一幅栅格，其波段描述即驱动因子名称。后续步骤按名称查找驱动因子，因此波段顺序不限。像元变大时连续量取平均，变小时作双线性插值；类别代码取最常见或最近的类别。各驱动因子保留自己的无数据值像元，其单位以及是否为分类型写入相应波段。来源：两篇论文的数据准备（新疆 2.1，江苏 2.2）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>One or more rasters; of a raster with several bands, each band is a driver. A driver is called by its layer without years and scenarios (NDVI_2010 is NDVI), a band by its description, else by layer and band number.</source>
        <translation>一幅或多幅栅格；多波段栅格的每个波段各为一个驱动因子。驱动因子以去掉年份和情景后的图层名命名（NDVI_2010 即 NDVI），波段以其描述命名，没有描述时用图层名加波段号。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Names, units and kinds of the drivers</source>
        <translation>驱动因子的名称、单位和类型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Optional, one row per driver that is to be changed. 'layer' is the layer or file name (of a raster with several bands: the name the band would have); 'name' the new name; 'unit' such as mm, degC, m or 1 (temperature is recognised by the unit degC); 'categorical' yes for class codes, no for a quantity. Empty cells leave things as they are. On the command line: --NAMES="PRE_2010,PRE,mm,no,LULC,landuse,,yes".</source>
        <translation>可选，每个需要修改的驱动因子一行。'layer' 为图层或文件名（多波段栅格：该波段本来的名称）；'name' 为新名称；'unit' 如 mm、degC、m 或 1（单位 degC 用于识别气温）；'categorical' 类别代码填 yes，连续量填 no。空单元格保持原样。命令行写法：--NAMES="PRE_2010,PRE,mm,no,LULC,landuse,,yes"。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Names of the drivers that hold class codes, separated by commas (land cover, soil type). Rasters that are marked as categorical, such as ecosystem classes, need not be named.</source>
        <translation>存放类别代码的驱动因子名称，以逗号分隔（土地覆被、土壤类型）。已标记为分类型的栅格（如生态系统类别）无须列出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Reference raster</source>
        <translation>参考栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Raster whose grid (CRS, cell size, extent) the stack takes. If left empty: the first driver. Its values are not used.</source>
        <translation>堆栈采用该栅格的格网（坐标参考系、像元大小、范围）。留空则取第一个驱动因子。其数值不使用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Clip to the study area</source>
        <translation>裁剪到研究区</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>The stack then covers the rectangle around the study area only, in whole cells of the reference grid: smaller files, and no value is changed or moved. Without the tick it has the extent of the reference raster, so that it lies cell by cell on other rasters of that grid. Not used without a study area.</source>
        <translation>堆栈只覆盖研究区的外接矩形，按参考格网的整像元裁剪：文件更小，数值既不改变也不移位。不勾选则与参考栅格范围相同，可与同一格网的其他栅格逐像元对应。没有研究区时不起作用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Year of the drivers</source>
        <translation>驱动因子的年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Calendar year that the drivers stand for. It is written to the stack (tag CARBON_YEAR), where later steps read it.</source>
        <translation>驱动因子所代表的公历年份。写入堆栈（标签 CARBON_YEAR），供后续步骤读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Scenario</source>
        <translation>情景</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Name of the scenario, such as ssp126 or historical. It is written to the stack (tag CARBON_SCENARIO).</source>
        <translation>情景名称，如 ssp126 或 historical。写入堆栈（标签 CARBON_SCENARIO）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Virtual raster, no copy</source>
        <translation>虚拟栅格，不复制</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Writes a small VRT file that points to the drivers instead of a copy. Give the stack a file name that ends in .vrt. Possible only if all drivers share the reference grid and there is no mask; the drivers must then stay where they are. A stack whose name ends in .vrt is virtual also without this tick.</source>
        <translation>写出一个指向各驱动因子的小型 VRT 文件，而不作复制。堆栈的文件名须以 .vrt 结尾。仅当全部驱动因子都在参考格网上且没有掩膜时可用；此后各驱动因子文件不得移动。文件名以 .vrt 结尾的堆栈即使不勾选此项也是虚拟的。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>One float32 band per driver. GeoTIFF; a virtual raster if the file name ends in .vrt.</source>
        <translation>每个驱动因子一个 float32 波段。GeoTIFF；文件名以 .vrt 结尾时为虚拟栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Table of drivers</source>
        <translation>驱动因子表（概要）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>One row per driver: name, unit, source, how it was aligned, valid cells, smallest and largest value, mean and standard deviation.</source>
        <translation>每个驱动因子一行：名称、单位、来源、对齐方式、有效像元数、最小值和最大值、平均值和标准差。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Cells where all drivers are valid</source>
        <translation>全部驱动因子均有效的像元数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Number of drivers</source>
        <translation>驱动因子个数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/driverstack.py"/>
        <source>Drivers: {}</source>
        <translation>驱动因子：{}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Ecosystem classes</source>
        <translation>生态系统类别</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Groups the codes of a land cover into ecosystems by a table, such as farmland, forest, grassland, water and wetland, settlement, desert and other. Any number of ecosystems. Their names are written to the raster, where later steps read them, and give it its legend. Codes that the table does not list stop the run, all of them with their cell counts. Source: Xinjiang paper, 2.1.</source>
        <translation>按表格把土地覆被代码归并为生态系统，如农田、森林、草地、水域与湿地、聚落、荒漠和其他。生态系统数量不限。其名称写入栅格，供后续步骤读取，并作为图例。表中未列出的代码会使运行停止，并连同像元数一并列出。来源：新疆论文第 2.1 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Raster of land-cover class codes (whole numbers), one band. The result has its grid.</source>
        <translation>土地覆被类别代码（整数）栅格，单波段。结果采用其格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Ecosystem of each code (table)</source>
        <translation>各代码所属生态系统（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Text table with the columns code (or lucode, value), or from and to for ranges of codes, and ecosystem (or name), and optionally id: the number in the result, 0 to 65534. Without ids the ecosystems are numbered from 1 in the order of the table. Comma, semicolon or tab; UTF-8 or GB 18030.</source>
        <translation>文本表格，列为 code（或 lucode、value），代码区间则用 from 和 to，以及 ecosystem（或 name），可选 id：结果中的编号，0 至 65534。没有 id 时按表中顺序从 1 编号。分隔符为逗号、分号或制表符；编码为 UTF-8 或 GB 18030。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Year of the land cover</source>
        <translation>土地覆被的年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Number of the ecosystem in each cell, with the names as legend.</source>
        <translation>每个像元所属生态系统的编号，名称作为图例。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Area by ecosystem</source>
        <translation>各生态系统面积</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>One row per ecosystem of the table: cells, area in km2 and share of the valid area.</source>
        <translation>表中每个生态系统一行：像元数，面积（km2），占有效面积的比例。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Land-cover codes</source>
        <translation>土地覆被代码</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>One row per land-cover code that occurs: its ecosystem, cells and area in km2.</source>
        <translation>出现的每个土地覆被代码一行：所属生态系统、像元数和面积（km2）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>Ecosystems that occur</source>
        <translation>出现的生态系统数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/ecosystemclasses.py"/>
        <source>{} ecosystems on {:,.6g} km2 ({} cell areas)</source>
        <translation>{} 个生态系统，面积 {:,.6g} km2（像元面积：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Land-use intensity</source>
        <translation>土地利用强度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Land-use intensity (LUI) of each cell: 100 times the sum over classes of area share times grade, in a window of n x n cells. Usual grades are 1 for unused land, 2 for forest, grassland and water, 3 for cropland and 4 for built-up land, so LUI runs from 100 to 400. A window of 1 gives the grade of the cell times 100. Shares are those of the valid cells in the window. Source: driver LUI of the Xinjiang paper, which gives no formula; this is the comprehensive index of land-use degree.</source>
        <translation>每个像元的土地利用强度（LUI）：在 n x n 个像元的窗口内，各类别面积比例与其分级指数乘积之和的 100 倍。常用分级指数：未利用地 1，林地、草地和水域 2，耕地 3，建设用地 4，因此 LUI 在 100 至 400 之间。窗口为 1 时即像元分级指数乘以 100。比例按窗口内有效像元计算。来源：新疆论文的驱动因子 LUI；论文未给出公式，此处采用土地利用程度综合指数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Grade of each code (table)</source>
        <translation>各代码的分级指数（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Text table with the columns code (or lucode, value) and grade (or intensity), and optionally name. Usual grades: unused 1; forest, grassland, water 2; cropland 3; built-up 4; any number from 0 to 100 is accepted. Comma, semicolon or tab; UTF-8 or GB 18030.</source>
        <translation>文本表格，列为 code（或 lucode、value）和 grade（或 intensity），可选 name。常用分级指数：未利用地 1；林地、草地、水域 2；耕地 3；建设用地 4；可填 0 至 100 的任意数。分隔符为逗号、分号或制表符；编码为 UTF-8 或 GB 18030。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Side of the window (cells)</source>
        <translation>窗口边长（像元）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Odd number of cells, from 1 (the cell alone) to {}. 11 cells of 30 m are a window of 330 m.</source>
        <translation>奇数个像元，从 1（仅该像元）到 {}。30 m 像元取 11 即为 330 m 的窗口。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Land-use intensity, without unit.</source>
        <translation>土地利用强度，无单位。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Grades and areas by class</source>
        <translation>各类别的分级指数与面积</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>One row per class that occurs: grade, cells and area in km2.</source>
        <translation>出现的每个类别一行：分级指数、像元数和面积（km2）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Smallest intensity</source>
        <translation>最小强度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Largest intensity</source>
        <translation>最大强度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Mean intensity over cells</source>
        <translation>像元平均强度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/prepare/landuseintensity.py"/>
        <source>Land-use intensity: {:,.6g} to {:,.6g}, mean {:,.6g}</source>
        <translation>土地利用强度：{:,.6g} 至 {:,.6g}，平均 {:,.6g}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/_design.py"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Groups of drivers</source>
        <translation>驱动因子分组</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/_design.py"/>
        <source>Drivers that follow one pathway together, as 'name: driver, driver', separated by semicolons. Drivers of no group are the same in every run. The first letter of a group stands for it in the names of the runs: C1A1P5 is climate and AGPP under SSP1, population under SSP5.</source>
        <translation>共同遵循同一路径的驱动因子，写作 'name: driver, driver'，各组以分号分隔。不属于任何组的驱动因子在各次运行中相同。组名的首字母在运行名称中代表该组：C1A1P5 表示气候和 AGPP 取 SSP1，人口取 SSP5。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/_design.py"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Pathways</source>
        <translation>路径</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/_design.py"/>
        <source>Names of the scenarios, separated by commas, as in the driver table.</source>
        <translation>情景名称，以逗号分隔，与驱动因子表一致。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/_design.py"/>
        <source>Design</source>
        <translation>设计</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/_design.py"/>
        <source>'paper': in each set one group takes every pathway while all others share one; with three groups and three pathways 27 rows, of which 21 are different runs. 'factorial': every combination, 27 runs.</source>
        <translation>'paper'：每个情景集中一组驱动因子依次取全部路径，其余各组共用一条路径；三组、三条路径共 27 行，其中 21 个运行互不相同。'factorial'：全部组合，27 个运行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/_design.py"/>
        <source>CSV files</source>
        <translation>CSV 文件</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Downscale a coarse driver</source>
        <translation>粗分辨率驱动因子降尺度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Brings a coarse driver, such as climate of 0.25 degrees, onto the fine grid of a reference raster. 'idw' is inverse distance weighting as in the Jiangsu paper; 'bilinear' interpolates between the centres of cells; both smooth and add no detail. 'delta' takes the change that the coarse model sees and adds it to (amounts of water: multiplies it with) a fine raster of the baseline period: it keeps the detail and takes out the bias of the model; prefer it where such a raster exists. All bands are done at once. The report compares the area-weighted means before and after. Source: section 2.2 of the Jiangsu paper.</source>
        <translation>把粗分辨率驱动因子（如 0.25 度的气候数据）转换到参考栅格的精细格网。'idw' 为江苏论文采用的反距离加权；'bilinear' 在像元中心之间插值；二者都会平滑，不增加细节。'delta' 取粗分辨率模式给出的变化，加到（水量则乘到）基准期的精细栅格上：既保留细节又消除模式偏差；有此类栅格时应优先采用。全部波段一次处理。报告比较处理前后的面积加权平均。来源：江苏论文第 2.2 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Coarse driver</source>
        <translation>粗分辨率驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Raster of one or more bands, for example precipitation of one year and pathway. GDAL scale and offset are applied; longitudes from 0 to 360 degrees are understood.</source>
        <translation>单波段或多波段栅格，例如某年、某路径的降水。会应用 GDAL 的缩放系数和偏移量；可识别 0 至 360 度的经度。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Raster whose grid the result takes; its values are not used. With 'delta' it may be left empty: the fine baseline gives the grid.</source>
        <translation>结果采用该栅格的格网；其数值不使用。用 'delta' 时可以留空：由精细基准决定格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>'idw': inverse distance weighting, as published. 'bilinear': between the four nearest centres. 'delta': the coarse change on a fine baseline; needs the two baselines below.</source>
        <translation>'idw'：反距离加权，与论文一致。'bilinear'：在最近的四个中心之间插值。'delta'：把粗分辨率的变化加到精细基准上；需要下面的两个基准。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Coarse baseline</source>
        <translation>粗分辨率基准</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'delta': the same driver of the same model in the baseline period, one or more rasters (years), whose mean is taken. On the grid of the coarse driver.</source>
        <translation>用于 'delta'：同一模式、同一驱动因子在基准期的一幅或多幅栅格（各年），取其平均。须与粗分辨率驱动因子同一格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Fine baseline</source>
        <translation>精细基准</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'delta': a fine raster of the driver in the baseline period, such as an observed climatology. Bands are matched by name where there are several.</source>
        <translation>用于 'delta'：驱动因子在基准期的精细栅格，如观测气候态。有多个波段时按名称匹配。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'delta'. 'add': future minus baseline is added. 'ratio': future over baseline is multiplied; keeps amounts above zero. 'auto': 'ratio' where the unit is mm or kg/m2 (water), else 'add'.</source>
        <translation>用于 'delta'。'add'：加上未来减基准之差。'ratio'：乘以未来与基准之比；使数量保持在零以上。'auto'：单位为 mm 或 kg/m2（水量）时用 'ratio'，否则用 'add'。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Unit of the driver</source>
        <translation>驱动因子的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Unit of the coarse values, such as degC, mm/yr or persons/km2, written to the result. If left empty, the unit in the raster. Later steps recognise a temperature by the unit degC.</source>
        <translation>粗分辨率值的单位，如 degC、mm/yr 或 persons/km2，写入结果。留空则采用栅格中的单位。后续步骤以单位 degC 识别气温。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Name of the pathway, such as SSP126, written to the result. If left empty, the tag CARBON_SCENARIO of the coarse driver.</source>
        <translation>路径名称，如 SSP126，写入结果。留空则采用粗分辨率驱动因子的标签 CARBON_SCENARIO。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Driver on the fine grid</source>
        <translation>精细格网上的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>The bands of the coarse driver on the fine grid, in its unit ('delta': in that of the fine baseline).</source>
        <translation>粗分辨率驱动因子的各波段转换到精细格网，单位不变（用 'delta' 时为精细基准的单位）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Before and after</source>
        <translation>前后比较</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>One row per band: means, differences and ranges before and after, in the unit that the row names.</source>
        <translation>每个波段一行：处理前后的平均值、差值和取值范围，单位见该行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Mean of the first band before (its unit)</source>
        <translation>处理前第一个波段的平均值（其单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Mean of the first band after (its unit)</source>
        <translation>处理后第一个波段的平均值（其单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Difference of the means (unit of the first band)</source>
        <translation>平均值之差（第一个波段的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Cells with a value</source>
        <translation>有值的像元数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Power of the distance</source>
        <translation>距离的幂</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'idw': weights are distance to the power of minus this number; 2 as published.</source>
        <translation>用于 'idw'：权重为距离的负该数次幂；论文取 2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Neighbours</source>
        <translation>邻近像元数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'idw': how many of the nearest coarse cells are averaged. Cells as far as the last of them count too.</source>
        <translation>用于 'idw'：对最近的多少个粗像元取平均。与其中最远者等距的像元也计入。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Largest distance (km)</source>
        <translation>最大距离（km）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'idw': coarse cells whose centre is farther away do not count, and a cell without one has no value. If left empty there is no limit: gaps and coasts are filled from the nearest cells.</source>
        <translation>用于 'idw'：中心更远的粗像元不计入，没有可用粗像元的像元无值。留空则不限：空缺和海岸由最近的像元填充。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'idw'. 'great_circle': on the sphere. 'projected': in the CRS of the reference. 'auto': great circles where either raster is in degrees.</source>
        <translation>用于 'idw'。'great_circle'：球面距离。'projected'：参考栅格坐标参考系中的距离。'auto'：任一栅格以度为单位时用大圆距离。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>Interpolation of the change</source>
        <translation>变化量的插值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>For 'delta': how the coarse change comes to the fine grid.</source>
        <translation>用于 'delta'：粗分辨率的变化量如何转换到精细格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/downscale.py"/>
        <source>{}: mean {:.6g} {} before, {:.6g} {} after, on {:,} cells</source>
        <translation>{}：处理前平均 {:.6g} {}，处理后 {:.6g} {}，{:,} 个像元</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Driver table of scenarios</source>
        <translation>情景驱动因子表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Looks through a folder and its subfolders for rasters whose names tell variable, scenario and year, and writes the driver table that 'Run scenarios' reads, with a grid of what is missing. The table is plain text (CSV) and may be edited or written by hand: columns variable, scenario, year, path and, where needed, band, scale, offset, unit; * stands for any scenario or any year. Source: scenario framework of the Jiangsu paper (2.4).</source>
        <translation>在文件夹及其子文件夹中查找名称含有变量、情景和年份的栅格，写出“运行情景”所读取的驱动因子表，并以一览表列出缺失情况。该表为纯文本（CSV），可以编辑或手工编写：列为 variable、scenario、year、path，需要时加 band、scale、offset、unit；* 表示任意情景或任意年份。来源：江苏论文的情景框架（第 2.4 节）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Folder of the drivers</source>
        <translation>驱动因子文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Folder that holds the rasters, also in subfolders.</source>
        <translation>存放栅格的文件夹，包括子文件夹。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Pattern of the file names</source>
        <translation>文件名模式</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>{variable}, {scenario} and {year} stand for those parts of a name, / for a subfolder. Several patterns are separated by semicolons and tried in turn. What a pattern does not name counts for all: {variable}.tif is a driver that is the same in every scenario and year. Example: {variable}_{scenario}_{year}.tif; {variable}.tif</source>
        <translation>{variable}、{scenario} 和 {year} 代表名称中的相应部分，/ 代表子文件夹。多个模式以分号分隔，依次尝试。模式中没有指明的部分对全部适用：{variable}.tif 即在各情景、各年份都相同的驱动因子。示例：{variable}_{scenario}_{year}.tif; {variable}.tif</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Expected variables</source>
        <translation>应有的变量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Separated by commas, such as NDVI, PRE, TEM. If left empty: those found.</source>
        <translation>以逗号分隔，如 NDVI, PRE, TEM。留空则为找到的变量。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Expected scenarios</source>
        <translation>应有的情景</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Separated by commas, such as SSP126, SSP245, SSP585. If left empty: those found.</source>
        <translation>以逗号分隔，如 SSP126, SSP245, SSP585。留空则为找到的情景。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Expected years (first, last, step)</source>
        <translation>应有的年份（起始、结束、步长）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>First, last and step, such as 2020,2060,5. If left empty: those found.</source>
        <translation>起始、结束和步长，如 2020,2060,5。留空则为找到的年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Units and scales</source>
        <translation>单位与缩放系数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>One row per variable whose files do not say their unit, or hold scaled numbers: value = number x scale + offset. Empty cells: the file's unit, 1 and 0.</source>
        <translation>文件中没有写明单位或存放缩放数值的变量，每个一行：值 = 数值 x 缩放系数 + 偏移量。空单元格：文件的单位、1 和 0。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Driver table</source>
        <translation>驱动因子表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>CSV file. Paths of files below its folder are written relative to it, so that both can move together.</source>
        <translation>CSV 文件。位于其文件夹之下的文件路径按相对路径写出，以便一起移动。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Grid of what is there</source>
        <translation>有无一览表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>One row per variable and scenario, one column per year: 1 there, 0 missing.</source>
        <translation>每个变量和情景一行，每年一列：1 为有，0 为缺。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Files found</source>
        <translation>找到的文件数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>Combinations without a file</source>
        <translation>缺少文件的组合数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/drivertable.py"/>
        <source>{:,} files; {} variables, {} scenarios, {} years; {:,} missing</source>
        <translation>{:,} 个文件；{} 个变量，{} 个情景，{} 个年份；缺 {:,} 个</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Elasticity of carbon to its drivers</source>
        <translation>碳对驱动因子的弹性</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Computes how strongly carbon responds to a driver: the relative change of carbon divided by the relative change of the driver, from a base to another state. Of an ensemble (totals of 'Run scenarios' and its driver table) it compares SSP1-2.6 with SSP5-8.5 for each group of drivers and year, all other groups at SSP2-4.5, and with the folder of the ensemble also cell by cell. Of one pair it takes two densities and two rasters of a driver. A temperature in degC has no true zero: for it the default is percent of carbon per degree. Where the driver hardly changes there is no elasticity: the table says so and keeps both changes. Source: section 3.3 and Figs 13 and 14 of the Jiangsu paper.</source>
        <translation>计算碳对驱动因子的响应强度：从基准状态到另一状态，碳的相对变化除以驱动因子的相对变化。对于集合（“运行情景”的合计表及其驱动因子表），按驱动因子分组和年份比较 SSP1-2.6 与 SSP5-8.5，其余各组取 SSP2-4.5；给出集合文件夹时还可逐像元计算。对于一对状态，则取两幅密度和两幅驱动因子栅格。以 degC 表示的气温没有真正的零点：默认采用每度引起的碳变化百分比。驱动因子几乎不变时不存在弹性：表中会说明，并保留两者的变化。来源：江苏论文第 3.3 节及图 13 和图 14。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Ensemble: totals</source>
        <translation>集合：合计表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Table of totals that 'Run scenarios' makes: run, pathway of each group, year, total in t C. Leave it empty for a pair of rasters.</source>
        <translation>“运行情景”生成的合计表：运行、各组路径、年份、总量（t C）。使用一对栅格时留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Ensemble: driver table</source>
        <translation>集合：驱动因子表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>The driver table of the ensemble: the means of the drivers come from its rasters.</source>
        <translation>集合的驱动因子表：驱动因子的平均值由其中的栅格求得。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Ensemble: folder of its rasters</source>
        <translation>集合：栅格文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Folder of rasters that 'Run scenarios' made (C1A1P5_2030.tif). With it, drivers are averaged over the cells with carbon, and elasticities of the cells can be made. If left empty: regional values from the table of totals alone.</source>
        <translation>“运行情景”生成的栅格文件夹（C1A1P5_2030.tif）。给出后，驱动因子在有碳的像元上求平均，并可逐像元计算弹性。留空则只由合计表计算区域值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Ensemble: groups of drivers</source>
        <translation>集合：驱动因子分组</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>As in 'Run scenarios': 'name: driver, driver', separated by semicolons. Each driver of a group gets its own elasticity, though all of a group change together.</source>
        <translation>与“运行情景”相同：'name: driver, driver'，各组以分号分隔。组内每个驱动因子各有一个弹性，尽管同组的驱动因子一起变化。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Ensemble: years (first, last, step)</source>
        <translation>集合：年份（起始、结束、步长）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>First, last and step, such as 2020,2060,5. If left empty: all years of the totals.</source>
        <translation>起始、结束和步长，如 2020,2060,5。留空则为合计表的全部年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Form of the elasticity</source>
        <translation>弹性的形式</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>'ratio': (dC/C)/(dX/X), as published. 'midpoint': changes relative to the mean of both states. 'log': ratio of logarithms. 'semi': percent of carbon per unit of the driver. 'auto': 'semi' for a driver in degC, else 'ratio'. The table has all four.</source>
        <translation>'ratio'：(dC/C)/(dX/X)，与论文一致。'midpoint'：相对于两种状态平均值的变化。'log'：对数之比。'semi'：驱动因子每单位对应的碳变化百分比。'auto'：驱动因子单位为 degC 时用 'semi'，否则用 'ratio'。表中四种都有。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>base</source>
        <translation>基准</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>other</source>
        <translation>另一</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>For a pair of rasters: density raster of the {} state; its unit is read from the band.</source>
        <translation>用于一对栅格：{}状态的密度栅格；单位从波段读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>For a pair of rasters: the driver in the {} state, one band.</source>
        <translation>用于一对栅格：{}状态的驱动因子，单波段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pair: carbon density, base state</source>
        <translation>一对栅格：碳密度，基准状态</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pair: carbon density, other state</source>
        <translation>一对栅格：碳密度，另一状态</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pair: driver, base state</source>
        <translation>一对栅格：驱动因子，基准状态</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pair: driver, other state</source>
        <translation>一对栅格：驱动因子，另一状态</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pair: unit of the driver</source>
        <translation>一对栅格：驱动因子的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>For a pair of rasters: unit of the driver, such as degC or mm/yr. If left empty, the unit in the rasters.</source>
        <translation>用于一对栅格：驱动因子的单位，如 degC 或 mm/yr。留空则采用栅格中的单位。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Base pathway</source>
        <translation>基准路径</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Name of the pathway as in the totals. If left empty: the one of SSP1, as in the paper; where the pathways are not SSP1, SSP2 and SSP5, the first of the totals.</source>
        <translation>路径名称，与总量表中一致。留空则按论文取 SSP1 的路径；若各路径不是 SSP1、SSP2 和 SSP5，则取总量表中的第一个路径。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Other pathway</source>
        <translation>另一路径</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Name of the pathway as in the totals. If left empty: the one of SSP5, as in the paper; where the pathways are not SSP1, SSP2 and SSP5, the last of the totals.</source>
        <translation>路径名称，与总量表中一致。留空则按论文取 SSP5 的路径；若各路径不是 SSP1、SSP2 和 SSP5，则取总量表中的最后一个路径。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pathway of the other groups</source>
        <translation>其余各组的路径</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Name of the pathway as in the totals. If left empty: the one of SSP2, as in the paper; where the pathways are not SSP1, SSP2 and SSP5, the middle one of the totals.</source>
        <translation>路径名称，与总量表中一致。留空则按论文取 SSP2 的路径；若各路径不是 SSP1、SSP2 和 SSP5，则取总量表中的中间一个路径。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Smallest change of the driver (%)</source>
        <translation>驱动因子的最小变化（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Below this change, in percent of the base value, there is no elasticity: the change is its denominator, and a small one gives any number.</source>
        <translation>变化低于该值（占基准值的百分比）时不存在弹性：变化量是分母，过小时会得出任意数值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Smallest step for 'semi' (unit of the driver)</source>
        <translation>'semi' 的最小变化步长（驱动因子的单位）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>For 'semi' alone: below this change, in the unit of the driver, there is no elasticity. If left empty, the smallest change above counts, in percent of the base value. Give it where temperatures are near 0 degC.</source>
        <translation>仅用于 'semi'：变化低于该值（驱动因子的单位）时不存在弹性。留空则按上面的最小变化（占基准值的百分比）。气温接近 0 degC 时请填写。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Rasters of reasons</source>
        <translation>原因栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Writes for each raster in the folder of elasticities another one with the reason why a cell has none: 0 there is one, 1 no data, 2 the driver changes too little, 3 zero or a change of sign.</source>
        <translation>为弹性文件夹中的每幅栅格另写一幅，说明像元没有弹性的原因：0 有弹性，1 无数据，2 驱动因子变化过小，3 为零或符号改变。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pair: elasticity of the cells</source>
        <translation>一对栅格：像元弹性</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>For a pair of rasters: elasticity of each cell, without unit or in % per unit of the driver.</source>
        <translation>用于一对栅格：每个像元的弹性，无单位，或为驱动因子每单位的 %。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Pair: reason of no elasticity</source>
        <translation>一对栅格：没有弹性的原因</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>For a pair of rasters: 0 there is one, 1 no data, 2 the driver changes too little, 3 zero or a change of sign.</source>
        <translation>用于一对栅格：0 有弹性，1 无数据，2 驱动因子变化过小，3 为零或符号改变。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Ensemble: folder of elasticities</source>
        <translation>集合：弹性文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>For an ensemble: gets one raster per group, driver and year (elasticity_climate_TEM_2030.tif). Needs the folder of the ensemble.</source>
        <translation>用于集合：每组、每个驱动因子、每年写出一幅栅格（elasticity_climate_TEM_2030.tif）。需要集合文件夹。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Elasticity of the region</source>
        <translation>区域弹性表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>One row per driver and year: carbon in t C, mean of the driver in its unit, both changes, the elasticity in four forms, and why there is none.</source>
        <translation>每个驱动因子每年一行：碳量（t C）、驱动因子平均值（其单位）、两者的变化、四种形式的弹性，以及没有弹性的原因。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Elasticity of the cells, summary</source>
        <translation>像元弹性概要</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>One row per raster: area in km2, shares of it in percent with, without, above and below zero, median.</source>
        <translation>每幅栅格一行：面积（km2），其中有弹性、无弹性、大于零和小于零的比例（%），中位数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Regional elasticities</source>
        <translation>区域弹性个数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Regional elasticities that do not exist</source>
        <translation>不存在的区域弹性个数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Elasticity of the first row (1, or % per unit of the driver)</source>
        <translation>第一行的弹性（1，或驱动因子每单位的 %）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>There is an elasticity</source>
        <translation>有弹性</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>No data</source>
        <translation>无数据</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>The driver changes too little</source>
        <translation>驱动因子变化过小</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>Zero or a change of sign</source>
        <translation>为零或符号改变</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/elasticity.py"/>
        <source>{}: none, {}</source>
        <translation>{}：无，{}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Predict carbon density (random forest)</source>
        <translation>预测碳密度（随机森林）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Applies a forest of 'Train random forest' to a driver stack of any year or scenario. The raster has the unit of the training samples. Bands are matched by name, so their order does not matter and further bands may be there; a driver in another unit than at training is refused. A cell is nodata where any driver is. A forest does not extrapolate: beyond the range of the training samples its answer stays flat, so the cells outside are counted by driver, and a warning names the drivers. On request it also makes the carbon of each cell in t C (the Jiangsu paper's '9000-21000 t C/ha' are t C per cell of 1 km2), the ends of the 90 % prediction interval, and the area of applicability; the last two need a forest that was trained on samples with spatial blocks. Source: section 2.3.2 of the Jiangsu paper.</source>
        <translation>把“训练随机森林”的模型用于任意年份或情景的驱动因子堆栈。栅格单位与训练样本相同。波段按名称匹配，因此顺序不限，也可有多余的波段；单位与训练时不同的驱动因子会被拒绝。任一驱动因子为无数据值的像元，结果也为无数据值。随机森林不作外推：超出训练样本范围时预测值保持不变，因此按驱动因子统计超出范围的像元，并在警告中列出这些驱动因子。可按要求另外生成每个像元的碳量（t C；江苏论文中的 '9000-21000 t C/ha' 实为每个 1 km2 像元的 t C）、90 % 预测区间的上下限以及适用域；后两项需要用带空间块的样本训练的随机森林。来源：江苏论文第 2.3.2 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Random forest</source>
        <translation>随机森林模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>File .carbonmodel of 'Train random forest'. A file that is damaged, changed, written by a newer version or of another kind is refused.</source>
        <translation>“训练随机森林”的 .carbonmodel 文件。损坏、被改动、由更新版本写成或类型不符的文件会被拒绝。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Calendar year of the map, written to the outputs. If left empty, it is read from the stack's tag CARBON_YEAR.</source>
        <translation>成图的公历年份，写入输出。留空则从堆栈的标签 CARBON_YEAR 读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Carbon density in the unit of the training samples.</source>
        <translation>碳密度，单位与训练样本相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>It needs a forest trained on samples with spatial blocks.</source>
        <translation>需要用带空间块的样本训练的随机森林。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Carbon of each cell (t C/cell)</source>
        <translation>像元碳量（t C/cell）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Density times the area of the cell, in t C per cell: it depends on the size of the cells.</source>
        <translation>密度乘以像元面积，每像元 t C：取决于像元大小。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Low end of the 90 % interval</source>
        <translation>90 % 区间下限</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Lower end of the prediction interval, from residuals on spatial blocks that the forest had not seen, in the unit of the density.</source>
        <translation>预测区间的下限，由随机森林未见过的空间块上的残差求得，单位与密度相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>High end of the 90 % interval</source>
        <translation>90 % 区间上限</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>1 where conditions are like those of the training samples, 0 outside.</source>
        <translation>条件与训练样本相似处为 1，之外为 0。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Totals</source>
        <translation>合计</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Carbon of the map in Tg C and t C, mean density in t C/ha, valid area in km2, cells.</source>
        <translation>该图的碳量（Tg C 和 t C），平均密度（t C/ha），有效面积（km2），像元数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>One row per driver: range of the training samples, cells below and above it, their share in %.</source>
        <translation>每个驱动因子一行：训练样本的取值范围，低于和高于该范围的像元数及其比例（%）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>Reading the forest</source>
        <translation>正在读取随机森林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/predictforest.py"/>
        <source>{:,.6g} Tg C on {:,.6g} km2, {:,.5g} {} on average</source>
        <translation>{:,.6g} Tg C，面积 {:,.6g} km2，平均 {:,.5g} {}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Run scenarios</source>
        <translation>运行情景</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Predicts the carbon density of every run and year of an ensemble with a trained forest, and its total. Each distinct run is computed once, also where several sets hold it; many runs share one reading of the drivers. All rasters go into one folder (C1A1P5_2030.tif), in the unit of the forest, with a list of what is complete: a run that was stopped goes on where it was when it is started again with the same folder, and ends with the same files. A folder of another model, other options or other drivers is refused. Every driver is compared with its training at the first year: a difference of sources would be taken for a change. With future land cover in the driver table and a table of carbon pools, the stock by land cover is computed beside the forest. Source: scenario framework of the Jiangsu paper (2.4).</source>
        <translation>用训练好的随机森林预测集合中每个运行、每个年份的碳密度及其总量。即使多个情景集都包含同一运行，也只计算一次；多个运行共用一次驱动因子读取。全部栅格写入一个文件夹（C1A1P5_2030.tif），单位与随机森林相同，并附完成清单：中断的运行以同一文件夹再次启动时会从中断处继续，最终文件相同。属于其他模型、其他选项或其他驱动因子的文件夹会被拒绝。每个驱动因子在首年都与训练数据对照：数据源的差异会被误认为变化。驱动因子表中含未来土地覆被且给出碳库表时，还会与随机森林并行计算按土地覆被的储量。来源：江苏论文的情景框架（第 2.4 节）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>CSV file with the columns variable, scenario, year, path and, where needed, band, scale, offset, unit, as 'Driver table of scenarios' makes it. Paths are relative to the table; * stands for any scenario or year.</source>
        <translation>CSV 文件，列为 variable、scenario、year、path，需要时加 band、scale、offset、unit，即“情景驱动因子表”的输出。路径相对于该表；* 表示任意情景或年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Model that 'Train random forest' made (.carbonmodel). The driver table must hold each of its drivers, in the units of the training.</source>
        <translation>“训练随机森林”生成的模型（.carbonmodel）。驱动因子表须包含其全部驱动因子，单位与训练时相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Years (first, last, step)</source>
        <translation>年份（起始、结束、步长）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>First, last and step, such as 2020,2060,5. If left empty: all years of the driver table.</source>
        <translation>起始、结束和步长，如 2020,2060,5。留空则为驱动因子表的全部年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Variable of the land cover</source>
        <translation>土地覆被变量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Name under which the driver table lists future land cover; used where a table of carbon pools is given.</source>
        <translation>驱动因子表中未来土地覆被的名称；给出碳库表时使用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Reference grid</source>
        <translation>参考格网</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Raster whose grid the results have. If left empty: the first driver that belongs to no group.</source>
        <translation>结果采用其格网的栅格。留空则取第一个不属于任何组的驱动因子。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Align drivers of other grids</source>
        <translation>对齐其他格网的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Drivers of another grid are brought onto the reference grid as they are read: interpolated where it is finer, averaged where it is coarser. If not ticked, they are listed and refused.</source>
        <translation>格网不同的驱动因子在读取时转换到参考格网：参考格网更细时插值，更粗时取平均。不勾选则列出并拒绝。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Further rasters</source>
        <translation>其他栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Written beside the density of each run and year: carbon of each cell in t C, ends of the prediction interval, area of applicability, dissimilarity index. All but the first need a forest that was trained on samples with spatial blocks.</source>
        <translation>与每个运行、每个年份的密度一同写出：每个像元的碳量（t C）、预测区间上下限、适用域、相异指数。除第一项外，都需要用带空间块的样本训练的随机森林。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Start from scratch</source>
        <translation>从头开始</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Rasters that an earlier run listed in the folder are deleted, and all is computed again.</source>
        <translation>删除以前运行在该文件夹中登记的栅格，全部重新计算。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Folder of the ensemble</source>
        <translation>集合文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Gets one raster per run and year, and ensemble.json. Give the same folder again to go on after a stop.</source>
        <translation>每个运行、每个年份写出一幅栅格，以及 ensemble.json。中断后再次给出同一文件夹即可继续。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>One row per distinct run and year: sets, pathway of each group, total in t C and Tg C, mean in t C/ha, valid area, share of cells outside the training range, file.</source>
        <translation>每个不同的运行、每个年份一行：所属情景集、各组路径、总量（t C 和 Tg C）、平均值（t C/ha）、有效面积、超出训练范围的像元比例、文件。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Totals by set</source>
        <translation>各情景集合计</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>The same totals joined to the sets: one row per member of a set and year.</source>
        <translation>同样的合计与情景集相连接：情景集的每个成员每年一行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Drivers by pathway and year</source>
        <translation>各路径各年驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Mean and range of every driver by pathway and year, and its distance from the training.</source>
        <translation>每个驱动因子按路径和年份的平均值和范围，以及与训练数据的差距。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Drivers at the first year against the training</source>
        <translation>首年驱动因子与训练数据对照</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>One row per driver and pathway: mean and range at the first year and in training, and what to make of it.</source>
        <translation>每个驱动因子、每条路径一行：首年和训练时的平均值和范围，以及应如何看待。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Stock by land cover</source>
        <translation>按土地覆被的储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Stock by land cover and pool table for each pathway and year, beside the forest's.</source>
        <translation>各路径、各年份由土地覆被和碳库表得到的储量，与随机森林的结果并列。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariomatrix.py"/>
        <source>Distinct runs</source>
        <translation>不同的运行数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Runs and years computed now</source>
        <translation>本次计算的运行与年份数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Runs and years kept from before</source>
        <translation>沿用以前的运行与年份数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Mean stock of all runs in the first year (Tg C)</source>
        <translation>首年全部运行的平均储量（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>Mean stock of all runs in the last year (Tg C)</source>
        <translation>末年全部运行的平均储量（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/runscenarios.py"/>
        <source>{} runs, {} years: {} rasters computed, {} kept; {} Tg C in {} and {} Tg C in {} on average</source>
        <translation>{} 个运行，{} 个年份：计算 {} 幅栅格，沿用 {} 幅；平均 {} Tg C（{} 年）和 {} Tg C（{} 年）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Scenario charts</source>
        <translation>情景图表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Draws what an ensemble says: for each set of runs the trends of the carbon stock in Tg C (nine lines with three pathways), grids of maps by year and run on one colour scale, and the mean of each driver by pathway and year. Figures go into the report and, on request, into a folder as PNG and SVG. Source: Figs 3 and 5 to 12 of the Jiangsu paper.</source>
        <translation>绘制集合的结果：每个情景集的碳储量趋势（Tg C；三条路径时九条线），按年份和运行排列、采用同一色标的地图网格，以及每个驱动因子按路径和年份的平均值。图件写入报告，也可按要求以 PNG 和 SVG 存入文件夹。来源：江苏论文图 3 和图 5 至图 12。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Table of totals that 'Run scenarios' makes: run, pathway of each group, year, total in t C.</source>
        <translation>“运行情景”生成的合计表：运行、各组路径、年份、总量（t C）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Folder of rasters that 'Run scenarios' made, for the grids of maps. If left empty, none are drawn.</source>
        <translation>“运行情景”生成的栅格文件夹，用于地图网格。留空则不绘制。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Runs of the maps</source>
        <translation>地图中的运行</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Separated by commas, such as C1A2P2, C2A2P2, C5A2P2. If left empty: for each set the runs whose other groups follow the middle pathway.</source>
        <translation>以逗号分隔，如 C1A2P2, C2A2P2, C5A2P2。留空则取每个情景集中其余各组遵循中间路径的运行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>The driver table of the ensemble, for the curves of the drivers. If left empty, none are drawn.</source>
        <translation>集合的驱动因子表，用于驱动因子曲线。留空则不绘制。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Drivers to draw</source>
        <translation>要绘制的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Separated by commas. If left empty: all that change with the year.</source>
        <translation>以逗号分隔。留空则为随年份变化的全部驱动因子。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Numbers of the trend lines</source>
        <translation>趋势线数值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>One row per set and run, one column per year in Tg C, and the change over all years in percent.</source>
        <translation>每个情景集、每个运行一行，每年一列（Tg C），以及全期变化（%）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Mean and range of each driver by pathway and year, in the unit of the driver.</source>
        <translation>每个驱动因子按路径和年份的平均值和范围，单位与驱动因子相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Sets of runs</source>
        <translation>情景集个数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariocharts.py"/>
        <source>Runs in the table</source>
        <translation>表中的运行数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariomatrix.py"/>
        <source>Scenario matrix</source>
        <translation>情景矩阵</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariomatrix.py"/>
        <source>Lists the runs of an ensemble before any is computed. Drivers move in groups; in each set of runs one group takes every pathway while all others share one (control variables). With climate, productivity and population under three pathways these are the sets CDS, PVS and PPS of 9 rows each; 21 of the 27 are different runs, and each is computed once. Source: scenario framework of the Jiangsu paper (2.4).</source>
        <translation>在计算之前列出集合的全部运行。驱动因子分组变化；每个情景集中一组依次取全部路径，其余各组共用一条路径（控制变量）。气候、生产力和人口在三条路径下，即为 CDS、PVS 和 PPS 三个情景集，各 9 行；27 个运行中 21 个互不相同，每个只计算一次。来源：江苏论文的情景框架（第 2.4 节）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariomatrix.py"/>
        <source>One row per member of a set: set, focal group, run, pathway of each group, and 1 where the run occurs for the first time.</source>
        <translation>情景集的每个成员一行：情景集、重点组、运行、各组路径，运行首次出现时为 1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariomatrix.py"/>
        <source>Rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/scenariomatrix.py"/>
        <source>{} rows, {} distinct runs: {}</source>
        <translation>{} 行，{} 个不同的运行：{}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Train random forest (I-RF)</source>
        <translation>训练随机森林（I-RF）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Trains a random forest that tells carbon density from the drivers, for the scenarios of the Jiangsu paper (section 2.3.2). The preset 'robust' is the default: no samples removed, no transform of the density, at least 5 samples in a leaf, half of the drivers tried at a split, cross-validated on whole spatial blocks and tested on the samples that the table marks for it (column 'split'), else on whole spatial blocks: the report says which. Blocks are those of the table, else squares of the land where the samples have coordinates. 'published' is the paper's: outliers removed by the interquartile rule, Yeo-Johnson transform, 20 % of the samples held out at random, and depth, leaf and share of drivers chosen by 10-fold cross-validation among 18 combinations: it trains about 180 forests and takes as many times as long. Its totals came out 2 to 22 % too low on real data, and random test samples flatter. Reported are R2, RMSE, MAE and others, each labelled 'fit' or 'held-out', by fold and on the untouched test samples; the error of the total with its interval; and impurity and permutation importance. With blocks or coordinates in the samples the model also holds an area of applicability and 90 % prediction intervals. A forest trained on the map of InVEST or of another model learns that map: the truth is not tested.</source>
        <translation>训练由驱动因子推断碳密度的随机森林，用于江苏论文的情景（第 2.3.2 节）。默认预设 'robust'：不剔除样本，不变换密度，叶节点至少 5 个样本，每次分裂尝试一半的驱动因子，按整个空间块做交叉验证，并用表中标明的测试样本（列 'split'）检验，没有时用整个空间块检验：报告会说明是哪一种。空间块取自表格，没有时在样本带坐标的情况下按方格划分。'published' 与论文一致：按四分位距规则剔除异常值，Yeo-Johnson 变换，随机留出 20 % 的样本，深度、叶节点和驱动因子比例由十折交叉验证在 18 种组合中选定：需训练约 180 个森林，耗时也相应成倍增加。在真实数据上其总量偏低 2 至 22 %，且随机测试样本会高估精度。报告 R2、RMSE、MAE 等，均标明 'fit' 或 'held-out'，按折列出并给出未触及的测试样本结果；总量误差及其区间；以及不纯度重要性和置换重要性。样本带有空间块或坐标时，模型还保存适用域和 90 % 预测区间。用 InVEST 或其他模型的图训练的森林学到的是那幅图：并未与真值检验。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>What the density of the samples is</source>
        <translation>样本密度的性质</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>'measured': field or inventory data. 'model': a map made by InVEST or another model. It changes no number; the report then says what the accuracy is worth.</source>
        <translation>'measured'：野外或清查数据。'model'：由 InVEST 或其他模型生成的图。不改变任何数值；报告会据此说明精度的意义。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Trees</source>
        <translation>树数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Trees of the forest.</source>
        <translation>森林中树的棵数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Fewest samples in a leaf</source>
        <translation>叶节点最少样本数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Larger leaves make smaller and smoother forests.</source>
        <translation>叶节点越大，森林越小、越平滑。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>5 for robust, 1 for published</source>
        <translation>robust 为 5，published 为 1</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Share of the drivers tried at a split (0 to 1)</source>
        <translation>每次分裂尝试的驱动因子比例（0 至 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>0.5 for robust, 1 for published</source>
        <translation>robust 为 0.5，published 为 1</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Depth of the trees at most</source>
        <translation>树的最大深度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>0 for no limit.</source>
        <translation>0 表示不限。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Outliers: factor k of the interquartile rule</source>
        <translation>异常值：四分位距规则的系数 k</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Training samples below Q1 - k * IQR or above Q3 + k * IQR of the density or a driver are removed; 0 removes none. The rule takes the real high-carbon places too. A variable whose interquartile range is 0 is passed over.</source>
        <translation>密度或驱动因子低于 Q1 - k * IQR 或高于 Q3 + k * IQR 的训练样本被剔除；0 表示不剔除。该规则也会剔除真实的高碳地点。四分位距为 0 的变量跳过。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>0 for robust, 1.5 for published</source>
        <translation>robust 为 0，published 为 1.5</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Transform of the density</source>
        <translation>密度的变换</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>'yeojohnson': the mean of the trees is transformed back (published), which makes totals too low. 'yeojohnson_per_tree': every leaf is transformed back before the mean. 'by_preset': none for robust, yeojohnson for published.</source>
        <translation>'yeojohnson'：对各树的平均值作逆变换（论文做法），会使总量偏低。'yeojohnson_per_tree'：先对每个叶节点作逆变换再求平均。'by_preset'：robust 不变换，published 用 yeojohnson。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Choose depth, leaf and share by cross-validation</source>
        <translation>由交叉验证选择深度、叶节点和比例</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Tries depth none, 10, 20, leaf 1, 2, 5 and share 1, 0.5 by random 10-fold cross-validation inside the training samples, instead of those given above: 180 forests. 'by_preset': no for robust, yes for published.</source>
        <translation>在训练样本内以随机十折交叉验证尝试深度不限、10、20，叶节点 1、2、5，比例 1、0.5，代替上面给出的值：共 180 个森林。'by_preset'：robust 否，published 是。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Samples held out for the test</source>
        <translation>留作测试的样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>'table': those whose column 'split' says test. 'random': a random share. 'blocks': whole spatial blocks. 'by_preset': random for published; for robust the table's where it has test samples, else blocks where the table has them or coordinates, else random.</source>
        <translation>'table'：列 'split' 为 test 的样本。'random'：随机留出一定比例。'blocks'：整个空间块。'by_preset'：published 用 random；robust 在表中有测试样本时用之，否则有空间块或坐标时用空间块，再否则随机。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Share held out for the test (0 to 1)</source>
        <translation>测试留出比例（0 至 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>For 'random' and 'blocks'.</source>
        <translation>用于 'random' 和 'blocks'。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Folds of whole spatial blocks</source>
        <translation>按整个空间块划分的折数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Cross-validation inside the training samples; it also makes the area of applicability and the intervals.</source>
        <translation>在训练样本内作交叉验证；适用域和预测区间也由此得到。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Let every sample count for the cells that it stands for (column 'weight'). 'by_preset': yes for robust, no for published. Of samples drawn at random all weights are 1, and nothing changes.</source>
        <translation>使每个样本按其所代表的像元数计入（列 'weight'）。'by_preset'：robust 是，published 否。随机抽取的样本权重均为 1，没有差别。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>File .carbonmodel with the trees as plain numbers, the drivers and their ranges, and the metrics. It holds no code and is safe to share.</source>
        <translation>.carbonmodel 文件，以纯数值存放各树，并含驱动因子及其范围和指标。不含代码，可放心共享。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>One row for the training samples (fit), the test samples and the spatial blocks (held-out): R2, RMSE, MAE and others, in the unit of the samples, and the error of the total in %.</source>
        <translation>训练样本（拟合）、测试样本和空间块（留出）各一行：R2、RMSE、MAE 等，单位与样本相同，以及总量误差（%）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Metrics by fold</source>
        <translation>各折指标</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>The same for every fold of every cross-validation.</source>
        <translation>每次交叉验证的每一折的同样指标。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Loss of R2 on the test samples when a driver is shuffled, and share of the impurity in %.</source>
        <translation>打乱某驱动因子后测试样本 R2 的损失，以及不纯度比例（%）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Tuning</source>
        <translation>参数调优</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>R2 of every combination that was tried, mean over the folds, and which was chosen. Only where there was a choice.</source>
        <translation>尝试过的每种组合的 R2（各折平均），以及选定的组合。仅在作选择时输出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>R2 on the test samples (at most 1)</source>
        <translation>测试样本的 R2（至多为 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>R2 on held-out spatial blocks (at most 1)</source>
        <translation>留出空间块的 R2（至多为 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>R2 on the training samples, a figure of fit (at most 1)</source>
        <translation>训练样本的 R2，拟合指标（至多为 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Error of the total on the test samples (%)</source>
        <translation>测试样本的总量误差（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Test rows</source>
        <translation>测试行</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Spatial blocks</source>
        <translation>空间块</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>Training rows</source>
        <translation>训练行</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/scenarios/trainforest.py"/>
        <source>{} ({}, {:,} samples): R2 {}, RMSE {:.4g} {}; error of the total {:+.2%}</source>
        <translation>{}（{}，{:,} 个样本）：R2 {}，RMSE {:.4g} {}；总量误差 {:+.2%}</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_project.py"/>
        <source>{count} layers of '{title}' are in the project already; they were left as they are.</source>
        <translation>“{title}”的 {count} 个图层已在工程中，保持原样。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_project.py"/>
        <source>The chains were not stored: QGIS's plugin Processing, which keeps models in projects, is off.</source>
        <translation>未存入流程链：QGIS 的“数据处理”插件（负责在工程中保存模型）未启用。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_project.py"/>
        <source>The model '{path}' cannot be read. Install the plugin again.</source>
        <translation>模型“{path}”无法读取。请重新安装插件。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_project.py"/>
        <source>The project has a model '{}' already; it was left as it is.</source>
        <translation>工程中已有模型“{}”，保持原样。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Forest</source>
        <translation>森林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Built</source>
        <translation>建成区</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Carbon sample: Plum Island (Massachusetts)</source>
        <translation>碳示例：普拉姆岛（马萨诸塞州）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Land cover 1999</source>
        <translation>1999 年土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Land cover 1991</source>
        <translation>1991 年土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Land cover 1985</source>
        <translation>1985 年土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Elevation</source>
        <translation>高程</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Slope</source>
        <translation>坡度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Distance to built land 1985</source>
        <translation>1985 年到建成区的距离</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Carbon pools by class (t C/ha, illustrative)</source>
        <translation>各类别碳库（t C/ha，仅供演示）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Irrigated cropland</source>
        <translation>灌溉耕地</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Rainfed cropland</source>
        <translation>雨养耕地</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Mosaic cropland / vegetation</source>
        <translation>耕地 / 植被镶嵌</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Mosaic vegetation / cropland</source>
        <translation>植被 / 耕地镶嵌</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Broadleaved evergreen forest</source>
        <translation>常绿阔叶林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Broadleaved deciduous forest</source>
        <translation>落叶阔叶林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Open deciduous forest / woodland</source>
        <translation>稀疏落叶林 / 疏林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Needleleaved evergreen forest</source>
        <translation>常绿针叶林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Open needleleaved forest</source>
        <translation>稀疏针叶林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Mixed forest</source>
        <translation>针阔混交林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Mosaic forest / grassland</source>
        <translation>林地 / 草地镶嵌</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Mosaic grassland / forest</source>
        <translation>草地 / 林地镶嵌</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Shrubland</source>
        <translation>灌丛</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Grassland</source>
        <translation>草地</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Sparse vegetation</source>
        <translation>稀疏植被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Flooded freshwater forest</source>
        <translation>淡水淹没林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Mangrove and flooded saline forest</source>
        <translation>红树林与咸水湿地林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Wetland grassland</source>
        <translation>湿地草甸</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Built-up land</source>
        <translation>建设用地</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Bare land</source>
        <translation>裸地</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Water</source>
        <translation>水体</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Snow and ice</source>
        <translation>冰雪</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Carbon sample: Africa (20 km)</source>
        <translation>碳示例：非洲（20 km）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Soil carbon density 2010 (t C/ha)</source>
        <translation>2010 年土壤碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Soil carbon density 1990 (t C/ha)</source>
        <translation>1990 年土壤碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Illustrative: TEM + 0.5 degC.</source>
        <translation>仅供演示：TEM + 0.5 degC。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Density records (illustrative)</source>
        <translation>密度记录（仅供演示）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Soil carbon by class (t C/ha)</source>
        <translation>各类别土壤碳（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/_sample.py"/>
        <source>Driver table of scenarios (illustrative)</source>
        <translation>情景驱动因子表（仅供演示）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>Check installation</source>
        <translation>检查安装</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>Lists what the algorithms need and what is there: Python packages and their versions, whether rasterio shares QGIS's GDAL, ZSTD compression, a GPU for networks, free memory and disk space, and the settings of runs. For what is missing it gives the exact command of this system. Every package is loaded, which takes some seconds. Nothing is installed or changed, and the run does not fail because something is missing. The settings are under Settings &gt; Options &gt; Processing &gt; Providers &gt; Carbon; without a window the environment variables CARBON_MEMORY_MB (MB), CARBON_THREADS, CARBON_DEVICE (auto, cpu, cuda) and CARBON_DASK_SCHEDULER (host:port) set the same and go before them.</source>
        <translation>列出各算法所需的内容及现有情况：Python 软件包及其版本、rasterio 是否与 QGIS 共用 GDAL、ZSTD 压缩、用于神经网络的 GPU、可用内存和磁盘空间，以及运行设置。对缺少的部分给出适合本系统的确切命令。会逐一加载软件包，需要几秒钟。不安装也不改动任何内容，也不会因缺少某项而运行失败。设置位于 设置 &gt; 选项 &gt; 数据处理 &gt; 数据源 &gt; Carbon；没有窗口时，环境变量 CARBON_MEMORY_MB（MB）、CARBON_THREADS、CARBON_DEVICE（auto、cpu、cuda）和 CARBON_DASK_SCHEDULER（host:port）作同样设置，且优先。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>One row per part: its state, what was found, what needs it and what to do.</source>
        <translation>每个部分一行：状态、检查结果、哪些算法需要它，以及应做什么。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>Packages missing</source>
        <translation>缺少的软件包</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>Packages that cannot be loaded</source>
        <translation>无法加载的软件包</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/checkinstallation.py"/>
        <source>Command that installs what is missing</source>
        <translation>安装所缺内容的命令</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Load sample project</source>
        <translation>加载示例工程</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Puts the real sample data of the plugin into the open project, styled and in groups: land cover of three dates, elevation, slope and distance to built land of Plum Island (Massachusetts, 100 m), and soil carbon (t C/ha) with ten drivers of Africa (20 km). The chains of the plugin are stored in the project as models (Toolbox &gt; Project models): their inputs are set to the sample, so they run as they open, and 'Edit Model' shows them in the Modeler. What is marked as illustrative is made up and must not be used for a study; the sources are in SOURCE.txt beside the data. Without an open project (qgis_process) give a project file to write.</source>
        <translation>把插件自带的真实示例数据放入打开的工程，已设样式并分组：普拉姆岛（马萨诸塞州，100 m）三个时期的土地覆被、高程、坡度和到建成区的距离，以及非洲（20 km）的土壤碳（t C/ha）和十个驱动因子。插件的流程链作为模型存入工程（工具箱 &gt; 工程模型）：其输入已设为示例数据，打开即可运行，“编辑模型”可在模型构建器中查看。标明“仅供演示”的数据是虚构的，不得用于研究；数据来源见数据旁的 SOURCE.txt。没有打开的工程时（qgis_process），请给出要写出的工程文件。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Which sample: 'plum_island' for the chain from land cover to drivers, 'africa20km' for the coupled model, or 'both'.</source>
        <translation>选用的示例：'plum_island' 用于从土地覆被到驱动因子的流程链，'africa20km' 用于耦合模型，或两者都要 'both'。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Store the chains in the project</source>
        <translation>把流程链存入工程</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>The Modeler chains as models of the project, where they can be edited. A model of the same name that is there already is left as it is.</source>
        <translation>流程链作为工程的模型，可在其中编辑。已有的同名模型保持原样。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Folder for a copy of the data</source>
        <translation>数据副本文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>If given, the data are copied there (2 MB) and the project uses the copy, which is yours to change; files that are there already are kept. If left empty, the project uses the files of the plugin, which go when it is uninstalled.</source>
        <translation>若给出，数据会复制到该处（2 MB），工程使用这份副本，可自行改动；已有的文件保留。留空则工程使用插件中的文件，卸载插件时会一并删除。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Project file</source>
        <translation>工程文件</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>QGIS projects</source>
        <translation>QGIS 工程</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>If given, a new project is written to this file and the open one is not touched. If left empty, the open project gets the data.</source>
        <translation>若给出，则写出一个新工程，不改动打开的工程。留空则数据放入打开的工程。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Layers added</source>
        <translation>加入的图层数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Chains stored</source>
        <translation>存入的流程链数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>{} layers added</source>
        <translation>已加入 {} 个图层</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Carbon sample</source>
        <translation>碳示例</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>{layers} layers and {chains} chains added.</source>
        <translation>已加入 {layers} 个图层和 {chains} 个流程链。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/start/loadsampleproject.py"/>
        <source>Tables, such as pools.csv, are in the folders of '{}'.</source>
        <translation>pools.csv 等表格位于“{}”下的各文件夹中。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Carbon accumulation rate (sinks and sources)</source>
        <translation>碳累积速率（碳汇与碳源）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Computes the carbon accumulation rate (CAR) of each cell from density rasters of two or more dates: change of density per year, in t C/km2/yr. A positive rate is a sink, a negative one a source. With rasters of ecosystems it also gives the stock change and the mean rate of each ecosystem, two readings that may differ in sign, and how the stock change closes: persistent + gained - lost. A cell counts if it is valid at every date. Dates come from the tag CARBON_YEAR of each raster or from a table, never from file names or the order of the list. Source: equation 6 and Table 2 of the Xinjiang paper.</source>
        <translation>由两个或更多时期的密度栅格计算每个像元的碳累积速率（CAR）：每年的密度变化，t C/km2/yr。速率为正是碳汇，为负是碳源。给出生态系统栅格时，还得到各生态系统的储量变化和平均速率（两种口径，符号可能不同），以及储量变化的平衡关系：保持 + 转入 - 转出。在每个时期都有效的像元才计入。时期从各栅格的标签 CARBON_YEAR 或从表格读取，从不依据文件名或列表顺序。来源：新疆论文公式 6 和表 2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Density rasters of two or more dates, of one pool or of the total, in any order. The earliest gives the grid; the others are aligned to it. Empty entries of a model are passed over.</source>
        <translation>两个或更多时期的密度栅格，属于同一碳库或为总量，顺序不限。最早的一幅决定格网，其余与之对齐。模型中的空项会被跳过。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Years of the rasters</source>
        <translation>栅格的年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Optional, one row per raster that does not carry its year (tag CARBON_YEAR) or whose year is to be another. 'layer' is the name of the layer or file, with or without suffix. On the command line: --YEARS="carbon_a,1985,carbon_b,1999".</source>
        <translation>可选，每个未带年份（标签 CARBON_YEAR）或需要改用其他年份的栅格一行。'layer' 是图层或文件名，可带或不带扩展名。命令行写法：--YEARS="carbon_a,1985,carbon_b,1999"。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Dates (table)</source>
        <translation>时期（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Text table with the columns raster (name of the layer or file, with or without suffix) and year, one row per raster, instead of typed years. If both are left empty, the year is read from the tag CARBON_YEAR of each raster.</source>
        <translation>文本表格，列为 raster（图层或文件名，可带或不带扩展名）和 year，每个栅格一行，用以代替键入的年份。两者都留空则年份从各栅格的标签 CARBON_YEAR 读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Rate over more than two dates</source>
        <translation>超过两个时期时的速率</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>'endpoint': last date minus first, divided by the years between. 'mean_of_intervals': mean of the rates of the intervals; it differs where the intervals are not equally long.</source>
        <translation>'endpoint'：末期减首期，除以其间年数。'mean_of_intervals'：各时段速率的平均；时段长短不一时两者不同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Deadband (t C/km2/yr)</source>
        <translation>稳定阈值（t C/km2/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Rates from minus this value to plus this value count as stable: neither sink nor source; 0 counts every change.</source>
        <translation>速率在该值的负值与正值之间视为稳定：既非碳汇也非碳源；0 表示任何变化都计入。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Ecosystems at the first date</source>
        <translation>首期生态系统</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Raster of ecosystem class codes at the first date. With this map alone it stands for all dates.</source>
        <translation>首期生态系统类别代码栅格。只给出这一幅时，它代表全部时期。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Ecosystems at the last date</source>
        <translation>末期生态系统</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Raster of ecosystem class codes at the last date, with the same codes.</source>
        <translation>末期生态系统类别代码栅格，代码与首期相同。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Maps per ecosystem in the report</source>
        <translation>报告中的各生态系统地图</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Adds maps of the density at the first and last date and of the rate for every ecosystem to the report. Needs a raster of ecosystems.</source>
        <translation>在报告中加入每个生态系统首期和末期的密度图以及速率图。需要生态系统栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon accumulation rate (t C/km2/yr)</source>
        <translation>碳累积速率（t C/km2/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>CAR of each cell in t C/km2/yr; positive is a sink.</source>
        <translation>每个像元的 CAR，t C/km2/yr；正值为碳汇。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Sinks and sources</source>
        <translation>碳汇与碳源</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>1 source, 2 stable (within the deadband), 3 sink.</source>
        <translation>1 碳源，2 稳定（在稳定阈值内），3 碳汇。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Trend (t C/km2/yr)</source>
        <translation>趋势（t C/km2/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Theil-Sen slope of each cell: the median of the slopes between all pairs of dates. Needs three dates.</source>
        <translation>每个像元的 Theil-Sen 斜率：所有时期两两之间斜率的中位数。需要三个时期。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Trend, p value</source>
        <translation>趋势 p 值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Two-sided p value of the Mann-Kendall test of each cell. Needs three dates; with fewer than about seven it can hardly be small.</source>
        <translation>每个像元 Mann-Kendall 检验的双侧 p 值。需要三个时期；少于约七个时期时 p 值很难小。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Rates by interval</source>
        <translation>各时段速率</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>One row per interval between two dates: stocks in Tg C, mean rate, sink and source area in km2.</source>
        <translation>两个时期之间每个时段一行：储量（Tg C），平均速率，碳汇和碳源面积（km2）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Change by ecosystem</source>
        <translation>各生态系统变化</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>One row per ecosystem: areas, stocks, stock change and its parts in Tg C, and mean rates in t C/km2/yr on three extents. Needs a raster of ecosystems.</source>
        <translation>每个生态系统一行：面积，储量，储量变化及其组成（Tg C），以及三种范围上的平均速率（t C/km2/yr）。需要生态系统栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Stock change (Tg C)</source>
        <translation>储量变化（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Mean rate (t C/km2/yr)</source>
        <translation>平均速率（t C/km2/yr）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Sink area (km2)</source>
        <translation>碳汇面积（km2）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>Source area (km2)</source>
        <translation>碳源面积（km2）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonaccumulation.py"/>
        <source>{} to {}: stock change {:+,.6g} Tg C, mean rate {:+,.5g} t C/km2/yr on {:,.6g} km2 ({} cell areas)</source>
        <translation>{} 至 {}：储量变化 {:+,.6g} Tg C，平均速率 {:+,.5g} t C/km2/yr，面积 {:,.6g} km2（像元面积：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Carbon stock by land-cover class (InVEST)</source>
        <translation>按土地覆被类别计算碳储量（InVEST）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Gives every cell the carbon density of its land-cover class and adds up stocks: by class, by pool and in total. With a second land cover it also gives the change, a table of transitions and, on request, the value of the change. Rasters are in t C/ha, totals in Tg C (1 Tg = 1 million t). Results agree with the InVEST carbon model on valid input; maps on other grids are aligned to the first one, geographic coordinates and feet are measured properly, and class codes that the table does not have stop the run with a list. Source: InVEST carbon storage and sequestration; equation 4 of the Xinjiang paper, 2.3.1 of the Jiangsu paper.</source>
        <translation>给每个像元赋予其土地覆被类别的碳密度，并按类别、按碳库和总计汇总储量。给出第二期土地覆被时，还得到变化、转移表，并可按要求给出变化的价值。栅格单位为 t C/ha，合计为 Tg C（1 Tg = 100 万 t）。对有效输入，结果与 InVEST 碳模型一致；其他格网的图与第一幅对齐，经纬度和英尺坐标也能正确量算，表中没有的类别代码会使运行停止并列出。来源：InVEST 碳储存与固持模型；新疆论文公式 4，江苏论文第 2.3.1 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Raster of land-cover class codes (whole numbers). With two maps, the earlier one. Its grid is the reference: everything else is aligned to it.</source>
        <translation>土地覆被类别代码（整数）栅格。有两期时为较早一期。以其格网为准：其余数据与之对齐。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Calendar year of the land cover. If left empty, it is read from the raster's tag CARBON_YEAR. It is written to the outputs, where later steps read it.</source>
        <translation>土地覆被的公历年份。留空则从栅格的标签 CARBON_YEAR 读取。写入输出，供后续步骤读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Second land cover</source>
        <translation>第二期土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Land cover of a later date or of a scenario, with the same class codes. Leave it empty for one date.</source>
        <translation>较晚时期或某一情景的土地覆被，类别代码相同。只有一个时期时留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Year of the second land cover</source>
        <translation>第二期土地覆被的年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Calendar year of the second land cover, later than the first. If left empty, it is read from the raster's tag CARBON_YEAR.</source>
        <translation>第二期土地覆被的公历年份，晚于第一期。留空则从栅格的标签 CARBON_YEAR 读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Price of carbon (currency per t C)</source>
        <translation>碳价（货币 / t C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Price of one tonne of carbon (not of CO2). If given, the value of the change is computed; it needs both years (typed, or in the tags of the rasters).</source>
        <translation>每吨碳（不是 CO2）的价格。若给出，则计算变化的价值；需要两个年份（填写，或在栅格标签中）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Discount rate (% per year)</source>
        <translation>贴现率（% / 年）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Market discount rate: later sequestration is worth less.</source>
        <translation>市场贴现率：越晚固持的碳价值越低。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Change of the carbon price (% per year)</source>
        <translation>碳价变化率（% / 年）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Yearly change of the price of carbon; positive where carbon becomes dearer.</source>
        <translation>碳价每年的变化；碳价上涨时为正。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Valuation formula</source>
        <translation>价值计算公式</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>'discounted': a rising price raises the value, V/n times the sum of ((1+c)/(1+r))^t. 'invest': the formula of InVEST, in which a positive price change lowers the value, V/n times the sum of (1/((1+r)(1+c)))^t.</source>
        <translation>'discounted'：碳价上涨使价值升高，V/n 乘以 ((1+c)/(1+r))^t 之和。'invest'：InVEST 的公式，其中正的价格变化使价值降低，V/n 乘以 (1/((1+r)(1+c)))^t 之和。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>All pools together at the first date, t C/ha.</source>
        <translation>第一期全部碳库之和，t C/ha。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Total carbon density, second date (t C/ha)</source>
        <translation>总碳密度，第二期（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>All pools together at the second date, t C/ha. Made only with a second land cover.</source>
        <translation>第二期全部碳库之和，t C/ha。仅在给出第二期土地覆被时输出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Change of carbon density (t C/ha)</source>
        <translation>碳密度变化（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Second date minus first, t C/ha, on cells valid at both. Made only with a second land cover.</source>
        <translation>第二期减第一期，t C/ha，在两期均有效的像元上。仅在给出第二期土地覆被时输出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>first date</source>
        <translation>第一期</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>second date</source>
        <translation>第二期</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Dead matter</source>
        <translation>死有机质</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>{pool}, {date} (t C/ha)</source>
        <translation>{pool}，{date}（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Carbon density of this pool, t C/ha.</source>
        <translation>该碳库的碳密度，t C/ha。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Value of the change (currency/ha)</source>
        <translation>变化的价值（货币/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Value of the change of each cell, in currency per hectare. Needs a price and a second land cover.</source>
        <translation>每个像元变化的价值，每公顷货币。需要碳价和第二期土地覆被。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Stock by class</source>
        <translation>各类别储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>One row per class: cells, area in km2, and stock of each pool in t C, for each date.</source>
        <translation>每个类别一行：各时期的像元数、面积（km2）和各碳库储量（t C）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Transitions</source>
        <translation>转移表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>One row per pair of classes that occurs: cells, area in km2, stock before and after in t C. Needs a second land cover.</source>
        <translation>出现的每对类别一行：像元数，面积（km2），转移前后的储量（t C）。需要第二期土地覆被。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Carbon stock, second date (Tg C)</source>
        <translation>碳储量，第二期（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Change of the stock on common cells (Tg C)</source>
        <translation>共同像元上的储量变化（Tg C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Value of the change (currency)</source>
        <translation>变化的价值（货币）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>There is no second land cover, so these outputs were not made: {}.</source>
        <translation>没有第二期土地覆被，因此未生成以下输出：{}。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Carbon stock: {:,.6g} Tg C on {:,.6g} km2 ({} cell areas)</source>
        <translation>碳储量：{:,.6g} Tg C，面积 {:,.6g} km2（像元面积：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/carbonstock.py"/>
        <source>Change: {:+,.6g} Tg C on the cells valid at both dates</source>
        <translation>变化：{:+,.6g} Tg C，在两期均有效的像元上</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Carbon stock from density rasters</source>
        <translation>由密度栅格计算碳储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Adds up the carbon densities of one to four pools and multiplies them by the true area of each cell. The total density is in t C/ha, the stock of a cell in t C, totals in Tg C (1 Tg = 1 million t). A cell counts if it is valid in every pool given. Densities that are unlikely (above and below ground over 600 t C/ha, soil over 2000 t C/ha, negative, all zero) are reported and not changed. Source: equations 4 and 5 of the Xinjiang paper (InVEST with the density of each cell instead of one per class).</source>
        <translation>把一至四个碳库的碳密度相加，再乘以每个像元的真实面积。总密度为 t C/ha，像元储量为 t C，合计为 Tg C（1 Tg = 100 万 t）。在所给每个碳库中都有效的像元才计入。不合理的密度（地上和地下超过 600 t C/ha、土壤超过 2000 t C/ha、负值、全为零）会报告但不改动。来源：新疆论文公式 4 和 5（以逐像元密度代替逐类密度的 InVEST）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Carbon density raster of this pool; carbon, not dry matter. The first pool given is the grid to which the others are aligned. May be left empty; one pool at least is needed.</source>
        <translation>该碳库的碳密度栅格；是碳量，不是干物质量。所给的第一个碳库决定格网，其余与之对齐。可以留空；至少需要一个碳库。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Calendar year of the stock, written to the outputs, where later steps read it. If left empty, it is the year that the rasters agree on (tag CARBON_YEAR).</source>
        <translation>储量的公历年份，写入输出，供后续步骤读取。留空则取各栅格一致的年份（标签 CARBON_YEAR）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>All pools given together, t C/ha.</source>
        <translation>所给全部碳库之和，t C/ha。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Carbon stock per cell (t C)</source>
        <translation>像元碳储量（t C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Total density times the area of the cell, t C.</source>
        <translation>总密度乘以像元面积，t C。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Stock by pool</source>
        <translation>各碳库储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>One row per pool and one for the total: area in km2, mean, smallest and largest density in t C/ha, stock in Tg C, share in percent.</source>
        <translation>每个碳库一行，另有合计一行：面积（km2），密度的平均、最小和最大值（t C/ha），储量（Tg C），比例（%）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Carbon stock (t C)</source>
        <translation>碳储量（t C）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/densitystock.py"/>
        <source>Carbon stock in CO2 equivalents (t CO2e)</source>
        <translation>以 CO2 当量计的碳储量（t CO2e）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Carbon stock by ecosystem</source>
        <translation>按生态系统统计碳储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Adds up the carbon stock of every ecosystem: by pool, by year, and by zone where polygons are given. Each row of the table is one ecosystem of one year and pool, with its cells, area in km2, stock in Tg C and mean density in t C/ha. The pool of a raster is read from its tag CARBON_POOL; without one it counts as the total. Cells without an ecosystem or outside the zones are counted and reported. Source: Figure 6 of the Xinjiang paper.</source>
        <translation>汇总每个生态系统的碳储量：按碳库、按年份，给出多边形时还按分区。表中每行为一个生态系统在某一年、某一碳库的像元数、面积（km2）、储量（Tg C）和平均密度（t C/ha）。栅格所属碳库从其标签 CARBON_POOL 读取；没有标签时按总量计。没有生态系统或在分区之外的像元会计数并报告。来源：新疆论文图 6。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Density rasters, one per pool and year, in any order. The first gives the grid; everything else is aligned to it. Empty entries of a model are passed over.</source>
        <translation>密度栅格，每个碳库、每个年份一幅，顺序不限。第一幅决定格网，其余数据与之对齐。模型中的空项会被跳过。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Ecosystems</source>
        <translation>生态系统</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Rasters of ecosystem class codes: one for all years, or one per year. With several, each needs a year.</source>
        <translation>生态系统类别代码栅格：全部年份共用一幅，或每年一幅。有多幅时每幅都须有年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Text table with the columns raster (name of the layer or file, with or without suffix) and year: one row per density raster, and per ecosystem raster where there are several. If left empty, the year is read from the tag CARBON_YEAR of each raster.</source>
        <translation>文本表格，列为 raster（图层或文件名，可带或不带扩展名）和 year：每个密度栅格一行，生态系统栅格有多幅时也各一行。留空则年份从各栅格的标签 CARBON_YEAR 读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Adds maps of the density of every ecosystem, of the first and the last year, to the report.</source>
        <translation>在报告中加入每个生态系统首年和末年的密度图。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Stock by ecosystem</source>
        <translation>各生态系统储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>One row per zone, year, ecosystem and pool: cells, area in km2, stock in Tg C, mean density in t C/ha.</source>
        <translation>每个分区、年份、生态系统和碳库一行：像元数，面积（km2），储量（Tg C），平均密度（t C/ha）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/stock/stockbyecosystem.py"/>
        <source>Carbon stock{}: {:,.6g} Tg C in {} ecosystems ({} cell areas)</source>
        <translation>碳储量{}：{:,.6g} Tg C，共 {} 个生态系统（像元面积：{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Assess the accuracy of a carbon density</source>
        <translation>评估碳密度精度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Compares an estimated carbon density with a reference raster or with reference points, and reports the relative error RE = |reference - estimate| / reference (mean, median), accuracy = 1 - mean RE, Pearson's r, R2 = 1 - SSE/SST, the square of r, MAE, RMSE, bias and NRMSE with the number of pairs; MAE, RMSE and bias are in t C/ha. Rasters of another grid, CRS or unit are aligned and converted. Every number is labelled 'fit' or 'held-out': choose 'held-out' only if the reference was not used in training. With zones the metrics are also given for each of them. Source: equation 8 and Figure 5 of the Xinjiang paper.</source>
        <translation>把估算的碳密度与参考栅格或参考点比较，报告相对误差 RE = |参考值 - 估算值| / 参考值（平均、中位数）、精度 = 1 - 平均 RE、Pearson 相关系数 r、R2 = 1 - SSE/SST、r 的平方、MAE、RMSE、偏差和 NRMSE，以及配对数；MAE、RMSE 和偏差的单位为 t C/ha。格网、坐标参考系或单位不同的栅格会对齐和换算。每个数值都标明 'fit' 或 'held-out'：只有参考数据未用于训练时才选 'held-out'。给出分区时，各分区也分别给出指标。来源：新疆论文公式 8 和图 5。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Estimated carbon density</source>
        <translation>估算的碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Density raster to be judged, of one pool or of the total.</source>
        <translation>要评估的密度栅格，为某一碳库或总量。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Density raster taken as right, of the same pool and year. Any grid, CRS and density unit. Leave it empty to compare with points.</source>
        <translation>视为正确的密度栅格，碳库和年份相同。格网、坐标参考系和密度单位不限。与点比较时留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Unit of the reference raster</source>
        <translation>参考栅格的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Reference points</source>
        <translation>参考点</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Point layer with measured carbon densities, instead of a reference raster. A point is compared with the cell that it lies in. Any CRS.</source>
        <translation>含实测碳密度的点图层，用以代替参考栅格。每个点与其所在像元比较。坐标参考系不限。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Field with the density</source>
        <translation>密度字段</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Field of the points that holds the measured carbon density; features without a value are left out and counted.</source>
        <translation>点图层中存放实测碳密度的字段；没有值的要素被剔除并计数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Unit of the points</source>
        <translation>点的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Unit of the densities in that field: carbon, not dry matter.</source>
        <translation>该字段中密度的单位：是碳量，不是干物质量。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Field with weights</source>
        <translation>权重字段</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Field of the points with a weight of 0 or more for each, such as the area a plot stands for. If left empty, every point counts the same.</source>
        <translation>点图层中每个点的权重字段，不小于 0，如样地所代表的面积。留空则各点等权。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>What the numbers are</source>
        <translation>数值的性质</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>'fit': the reference was used in training, also in part, or you do not know; the numbers then say how well known values are met again. 'held-out': it was not used in any step of training, not even to choose settings; only then do the numbers speak of unseen places. The word stands beside every number.</source>
        <translation>'fit'：参考数据曾（哪怕部分）用于训练，或不清楚是否用过；数值说明对已知值的拟合程度。'held-out'：未在训练的任何环节使用过，也未用于选择设置；只有此时数值才说明未见过的地方。该词标在每个数值旁。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>How it was held out</source>
        <translation>留出方式</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>A few words for the report and the table, such as 'spatial blocks of 50 km' or 'plots of another survey'. May be left empty.</source>
        <translation>用于报告和表格的简短说明，如 'spatial blocks of 50 km' 或 'plots of another survey'。可以留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Smallest reference with a relative error (t C/ha)</source>
        <translation>计算相对误差的最小参考值（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>References of this value or less have no relative error, which grows without limit near 0; they are counted, and count for every other metric. If left empty, it is 1 % of the mean reference.</source>
        <translation>参考值不大于该值时不计算相对误差（接近 0 时会无限增大）；这些像元会计数，并计入其他全部指标。留空则取参考平均值的 1 %。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Grid to compare on</source>
        <translation>比较所用格网</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Grid of the comparison with a reference raster. 'coarser' averages the finer raster over the cells of the coarser one; interpolating the coarser one would invent detail.</source>
        <translation>与参考栅格比较所用的格网。'coarser' 把较细的栅格在较粗栅格的像元上取平均；对较粗栅格插值会虚构细节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Weight cells by their area</source>
        <translation>按像元面积加权</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Each cell of a reference raster counts by its area; where all cells are equally large it makes no difference. Without it every cell counts the same, as published.</source>
        <translation>参考栅格的每个像元按其面积计入；像元大小都相同时没有差别。不加权时各像元等权，与论文一致。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Relative error</source>
        <translation>相对误差</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>|reference - estimate| / reference of each cell, without a unit (0.2 is 20 %); no data where the reference is not above the threshold. Only with a reference raster.</source>
        <translation>每个像元的 |参考值 - 估算值| / 参考值，无单位（0.2 即 20 %）；参考值不高于阈值处为无数据值。仅用于参考栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Estimate minus reference (t C/ha)</source>
        <translation>估算值减参考值（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Difference of each cell in t C/ha; positive where the estimate is too high. Only with a reference raster.</source>
        <translation>每个像元的差值，t C/ha；估算偏高处为正。仅用于参考栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Accuracy</source>
        <translation>精度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>One row for all pairs and one per zone: label, metrics with their formulas in the column descriptions, number of pairs, pairs without a relative error.</source>
        <translation>全部配对一行，每个分区一行：标签、各指标（公式见列说明）、配对数、没有相对误差的配对数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Points and estimates</source>
        <translation>参考点与估算值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Point layer (or table) with one row per reference point: coordinates, reference and estimate in t C/ha, difference, relative error. Only with reference points.</source>
        <translation>点图层（或表格），每个参考点一行：坐标，参考值和估算值（t C/ha），差值，相对误差。仅用于参考点。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Pairs compared</source>
        <translation>比较的配对数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Accuracy, 1 - mean RE (%)</source>
        <translation>精度，1 - 平均 RE（%）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>R2 = 1 - SSE/SST</source>
        <translation>R2 = 1 - SSE/SST（决定系数）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Pearson's r</source>
        <translation>Pearson 相关系数 r</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>RMSE (t C/ha)</source>
        <translation>均方根误差 RMSE（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>MAE (t C/ha)</source>
        <translation>平均绝对误差 MAE（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>Bias (t C/ha)</source>
        <translation>偏差（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/assessaccuracy.py"/>
        <source>{}: RMSE {:,.5g} t C/ha, bias {:+,.5g} t C/ha, R2 {} on {:,} {}</source>
        <translation>{}：RMSE {:,.5g} t C/ha，偏差 {:+,.5g} t C/ha，R2 {}，n = {:,}（{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Compare carbon estimates</source>
        <translation>比较碳估算结果</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Compares two or more estimates of carbon density with a reference raster, or with the first of them where there is none: R2 = 1 - SSE/SST, r, MAE and RMSE per hectare and per cell, bias, totals in Tg C, difference maps in t C/ha, and maps side by side. All are compared on the cells where every raster has data, on the coarsest of their grids. A flux such as NPP is no stock: it is multiplied by a residence time if you state one, else only its pattern is compared, and the report says which. Every metric is labelled 'fit' or 'held-out'. Source: Table 3 and Figure 8 of the Xinjiang paper, Figure 4 of the Jiangsu paper.</source>
        <translation>把两个或更多碳密度估算与参考栅格（没有参考时与其中第一个）比较：R2 = 1 - SSE/SST、r、每公顷和每像元的 MAE 与 RMSE、偏差、总量（Tg C）、差值图（t C/ha）以及并排地图。全部在各栅格均有数据的像元上、按其中最粗的格网比较。NPP 之类的通量不是储量：给出滞留时间时乘以该时间，否则只比较其空间格局，报告会说明采用哪一种。每项指标都标明 'fit' 或 'held-out'。来源：新疆论文表 3 和图 8，江苏论文图 4。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Estimates</source>
        <translation>估算结果</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Density rasters, and annual fluxes (g C/m2/yr or t C/km2/yr), in any grid, CRS and unit; units are read from the bands. Each is named after its layer, or after its band where two layers have one name.</source>
        <translation>密度栅格和年通量（g C/m2/yr 或 t C/km2/yr），格网、坐标参考系和单位不限；单位从波段读取。各以其图层名命名，两个图层同名时以波段名命名。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Reference</source>
        <translation>参考</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Density raster taken as right. If left empty, the others are compared with the first estimate by name.</source>
        <translation>视为正确的密度栅格。留空则其余栅格与按名称排列的第一个估算比较。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Unit where a raster states none</source>
        <translation>栅格未写明单位时的单位</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Unit of rasters whose band carries none. 'automatic' refuses them.</source>
        <translation>波段未带单位的栅格所用的单位。'automatic' 会拒绝这类栅格。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Residence time of the fluxes (years)</source>
        <translation>通量的滞留时间（年）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Every flux among the estimates is multiplied by so many years, which gives the stock that it would keep in balance. If left empty, a flux is compared by its pattern only.</source>
        <translation>估算结果中的每个通量乘以该年数，得到其所能维持平衡的储量。留空则通量只比较空间格局。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>'fit': the reference was used to make an estimate, also in part, or you do not know. 'held-out': it was not used in any step. The word stands beside every number.</source>
        <translation>'fit'：参考数据曾（哪怕部分）用于某个估算，或不清楚是否用过。'held-out'：未在任何环节使用过。该词标在每个数值旁。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>References of this value or less have no relative error; they count for every other metric. If left empty, it is 1 % of the mean reference.</source>
        <translation>参考值不大于该值时不计算相对误差；但计入其他全部指标。留空则取参考平均值的 1 %。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Each cell counts by its area in the metrics per hectare; without it every cell counts the same, as published.</source>
        <translation>每公顷指标中各像元按其面积计入；不加权时各像元等权，与论文一致。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Folder for the difference maps</source>
        <translation>差值图文件夹</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>If given, estimate minus reference of every estimate is written here as difference_NAME.tif, t C/ha.</source>
        <translation>若给出，每个估算减去参考的差值图以 difference_NAME.tif 写入此处，t C/ha。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Comparison</source>
        <translation>比较</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>One row per estimate and one for the reference: metrics, mean in t C/ha, total in Tg C. The unit is in the name of each column.</source>
        <translation>每个估算一行，参考一行：指标，平均值（t C/ha），总量（Tg C）。单位在各列列名中。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Every pair</source>
        <translation>两两比较</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>One row per pair of rasters: correlation, root mean square difference and mean difference in t C/ha.</source>
        <translation>每对栅格一行：相关系数、均方根差和平均差（t C/ha）。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Cells compared</source>
        <translation>比较的像元数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>Largest R2 of an estimate</source>
        <translation>估算的最大 R2</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/algorithms/validation/compareestimates.py"/>
        <source>{}: R2 {}, RMSE {:.5g} t C/ha, bias {:+.5g} t C/ha ({})</source>
        <translation>{}：R2 {}，RMSE {:.5g} t C/ha，偏差 {:+.5g} t C/ha（{}）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/accumulation.py"/>
        <source>Computing accumulation rates</source>
        <translation>正在计算碳累积速率</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/assess_accuracy.py"/>
        <location filename="../../carbon_qgis/core/compare_estimates.py"/>
        <source>Comparing means and ranges</source>
        <translation>正在比较平均值和范围</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/assess_accuracy.py"/>
        <source>Computing errors</source>
        <translation>正在计算误差</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/assess_points.py"/>
        <source>Reading the cells of the points</source>
        <translation>正在读取各点所在像元</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/casa_npp.py"/>
        <source>Computing NPP</source>
        <translation>正在计算 NPP</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/casa_survey.py"/>
        <source>Reading the NDVI of each class</source>
        <translation>正在读取各类别的 NDVI</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/catboost_models.py"/>
        <source>Training CatBoost</source>
        <translation>正在训练 CatBoost</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/classify_raster.py"/>
        <source>Writing the classes</source>
        <translation>正在写入类别</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/compare_estimates.py"/>
        <source>Computing differences</source>
        <translation>正在计算差值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/coupled_reliability.py"/>
        <source>Training without fold {} of {}</source>
        <translation>正在作留一折训练，第 {} / {} 折</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/dead_organic.py"/>
        <source>Computing dead organic matter</source>
        <translation>正在计算死有机质</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/dead_organic_fit.py"/>
        <source>Fitting coefficients</source>
        <translation>正在拟合系数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/density_conversion.py"/>
        <source>Converting the density</source>
        <translation>正在换算密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/density_stock.py"/>
        <source>Adding up densities</source>
        <translation>正在汇总密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/downscale.py"/>
        <source>Reading the coarse raster</source>
        <translation>正在读取粗分辨率栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/downscale.py"/>
        <source>Downscaling</source>
        <translation>正在降尺度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/driver_detection.py"/>
        <location filename="../../carbon_qgis/core/driver_table.py"/>
        <source>Counting strata</source>
        <translation>正在统计各层</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/driver_distributions.py"/>
        <location filename="../../carbon_qgis/core/driver_table.py"/>
        <source>Classing the drivers</source>
        <translation>正在对驱动因子离散化</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/driver_distributions.py"/>
        <source>Reading the distributions of the drivers</source>
        <translation>正在读取驱动因子的分布</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/driver_stack.py"/>
        <source>Stacking drivers</source>
        <translation>正在堆叠驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/ecosystem_stock.py"/>
        <source>Adding up stocks by ecosystem</source>
        <translation>正在按生态系统汇总储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/ecosystems.py"/>
        <source>Reclassifying the land cover</source>
        <translation>正在对土地覆被重分类</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/ensemble.py"/>
        <source>Verifying the rasters that are there</source>
        <translation>正在核对已有栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/estimate_density.py"/>
        <source>Estimating carbon density</source>
        <translation>正在估算碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/estimate_density.py"/>
        <source>Finding the range of each driver (legacy scaling: an extra pass)</source>
        <translation>正在求各驱动因子的范围（旧缩放方式：多读一遍）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/estimate_density.py"/>
        <source>Finding the mean of the map (mean-matched restoration: an extra pass)</source>
        <translation>正在求图的平均值（平均值匹配还原：多读一遍）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/forecast_density.py"/>
        <source>Fitting ARIMA to pool '{}'</source>
        <translation>正在对碳库“{}”拟合 ARIMA</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/forecast_density.py"/>
        <source>Checking the models on known years of pool '{}'</source>
        <translation>正在用碳库“{}”的已知年份检验模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/forest_training.py"/>
        <source>Scoring the forest</source>
        <translation>正在评定森林的精度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/land_use_intensity.py"/>
        <source>Land-use intensity in windows of {0} x {0} cells</source>
        <translation>正在以 {0} x {0} 像元的窗口计算土地利用强度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/level_density_scores.py"/>
        <source>Scoring the model</source>
        <translation>正在评定模型的精度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/level_density_scores.py"/>
        <source>Cross-validation, fold {} of {}</source>
        <translation>交叉验证，第 {} / {} 折</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/level_density_training.py"/>
        <source>Training the network of the level '{}'</source>
        <translation>正在训练等级“{}”的网络</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/level_density_training.py"/>
        <source>Training CatBoost for the level '{}'</source>
        <translation>正在为等级“{}”训练 CatBoost</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/levels.py"/>
        <source>Training the levels</source>
        <translation>正在训练等级</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/levels.py"/>
        <source>Training the levels on all rows</source>
        <translation>正在用全部行训练等级</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/levels.py"/>
        <source>Choosing the number of trees</source>
        <translation>正在选择树数</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/predict_forest.py"/>
        <source>Predicting carbon density</source>
        <translation>正在预测碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/predict_levels.py"/>
        <source>Predicting levels</source>
        <translation>正在预测等级</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/run_scenarios.py"/>
        <source>Checking the driver table</source>
        <translation>正在检查驱动因子表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/run_scenarios.py"/>
        <source>Looking at the files of the driver table</source>
        <translation>正在查看驱动因子表中的文件</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/sampling.py"/>
        <source>Counting the cells</source>
        <translation>正在统计像元</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/sampling.py"/>
        <source>Splitting the samples</source>
        <translation>正在划分样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/sampling.py"/>
        <source>Counting the intervals</source>
        <translation>正在统计各区间</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/sampling.py"/>
        <source>Drawing samples</source>
        <translation>正在抽取样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/scenario_charts.py"/>
        <source>Reading the totals</source>
        <translation>正在读取合计表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/scenario_charts.py"/>
        <source>Reading the maps of {}</source>
        <translation>正在读取 {} 的地图</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/scenario_landcover.py"/>
        <source>Stock of the land cover, {} of {}</source>
        <translation>按土地覆被的储量，第 {} / {} 个</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/table_stock.py"/>
        <source>Counting classes and writing rasters</source>
        <translation>正在统计类别并写出栅格</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/core/time_aggregation.py"/>
        <source>Aggregating {} steps</source>
        <translation>正在聚合 {} 个时间步</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>APAR times light use efficiency, month by month.</source>
        <translation>APAR 乘以光能利用率，逐月计算。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>NPP (CASA)</source>
        <translation>NPP（CASA 模型）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Report: NPP</source>
        <translation>报告：NPP</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>All on the cells where every raster has data.</source>
        <translation>全部在各栅格均有数据的像元上进行。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Comparison (Table 3)</source>
        <translation>比较（表 3）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Report: comparison</source>
        <translation>报告：比较</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Ratio 1: the models alone.</source>
        <translation>比值为 1：仅用模型。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Density by the coupled model</source>
        <translation>耦合模型密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Carbon density by the coupled model</source>
        <translation>耦合模型碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Networks and a CatBoost model per level.</source>
        <translation>每个等级若干神经网络和一个 CatBoost 模型。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Train density within levels</source>
        <translation>训练等级内密度模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: density within levels</source>
        <translation>报告：等级内密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>One density per class.</source>
        <translation>每个类别一个密度。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Density by class (InVEST)</source>
        <translation>按类别的密度（InVEST）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Carbon density by class (t C/ha)</source>
        <translation>按类别的碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Report: InVEST</source>
        <translation>报告：InVEST</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>CatBoost: low, medium, high.</source>
        <translation>CatBoost：低、中、高。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Train density levels</source>
        <translation>训练密度等级模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: levels</source>
        <translation>报告：等级</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Random cells; whole spatial blocks are held out.</source>
        <translation>随机像元；整个空间块留出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>All drivers on the grid of the reference.</source>
        <translation>全部驱动因子统一到参考栅格的格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>The largest of the twelve months.</source>
        <translation>十二个月中的最大值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Annual NDVI</source>
        <translation>年 NDVI</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Sum of the twelve months.</source>
        <translation>十二个月之和。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Annual precipitation</source>
        <translation>年降水量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Annual solar radiation</source>
        <translation>年太阳辐射</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Mean of the twelve months.</source>
        <translation>十二个月的平均。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Annual mean temperature</source>
        <translation>年平均气温</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Coupled model</source>
        <translation>耦合模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>The year of the drivers</source>
        <translation>驱动因子的年度值</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>NPP and density by class</source>
        <translation>NPP 与各类别密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon</source>
        <translation>Carbon</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>CASA, InVEST and the coupled model</source>
        <translation>CASA、InVEST 与耦合模型</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Table 3 of the Xinjiang paper from one driver set: NPP by CASA, density by class (InVEST) and density by the coupled model, compared with a reference density on the cells that all cover. The coupled model is trained on samples of the reference, so its figures against it are fit; the held-out scores are in the training reports. NPP is a flux: it is compared as a pattern, or as a stock by a residence time.</source>
        <translation>由同一组驱动因子得到新疆论文表 3：CASA 的 NPP、按类别的密度（InVEST）和耦合模型的密度，在三者均有数据的像元上与参考密度比较。耦合模型用参考密度的样本训练，因此它与参考密度对比的数值是拟合（fit）；留出精度见训练报告。NPP 是通量：只比较其空间格局，或借助滞留时间换算为储量后比较。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Names of drivers that hold class codes (land cover, soil type), separated by commas.</source>
        <translation>值为类别代码的驱动因子名称（土地覆被、土壤类型），以逗号分隔。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Static drivers of the coupled model, such as elevation and slope.</source>
        <translation>耦合模型的静态驱动因子，如高程和坡度。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Class codes; the vegetation classes of CASA and the classes of InVEST.</source>
        <translation>类别代码；CASA 的植被类别和 InVEST 的类别。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Polygons to which everything is limited; may be empty.</source>
        <translation>全部计算限定在这些多边形内；可以留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>12 bands; the unit is 1.</source>
        <translation>12 个波段；单位为 1。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>One row per class of the land cover: code, eps_max and more. If left empty, the plugin's own table.</source>
        <translation>土地覆被的每个类别一行：code、eps_max 等。留空则使用插件自带的表。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>One row per class: lucode and the pools that the reference holds.</source>
        <translation>每个类别一行：lucode 和参考密度所包含的碳库。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Unit of the densities in the table.</source>
        <translation>表格中密度的单位。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>12 bands, mm per month.</source>
        <translation>12 个波段，每月 mm。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Carbon density of the same pools; its unit is read from the band.</source>
        <translation>相同碳库的碳密度；单位从波段读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>If left empty, NPP is compared by its pattern only.</source>
        <translation>留空则 NPP 只比较其空间格局。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Cells drawn at random to train the coupled model.</source>
        <translation>随机抽取、用于训练耦合模型的像元数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>12 bands, MJ/m2 per month.</source>
        <translation>12 个波段，每月 MJ/m2。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>12 bands, degC.</source>
        <translation>12 个波段，degC。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Calendar year of all inputs.</source>
        <translation>全部输入的公历年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Further drivers</source>
        <translation>其他驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>CASA parameters by class (table)</source>
        <translation>CASA 各类别参数（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Reference density</source>
        <translation>参考密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/casacomparison.model3"/>
        <source>Residence time of NPP (years)</source>
        <translation>NPP 的滞留时间（年）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Against the raster that was learnt from: fit, not proof. The held-out scores are in the training reports.</source>
        <translation>与训练所用的栅格对比：是拟合，不是验证。留出精度见训练报告。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Accuracy of the base year</source>
        <translation>基准年精度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Accuracy (fit)</source>
        <translation>精度（拟合）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: accuracy</source>
        <translation>报告：精度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Dates come from the tag CARBON_YEAR of each density.</source>
        <translation>时期取自各密度的标签 CARBON_YEAR。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon accumulation rate</source>
        <translation>碳累积速率</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Report: sink capacity</source>
        <translation>报告：碳汇能力</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Density of the base year</source>
        <translation>基准年密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Carbon density, base year</source>
        <translation>碳密度，基准年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: base year</source>
        <translation>报告：基准年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>The models on the drivers of that year, times the ratio of the forecast.</source>
        <translation>模型应用于该年的驱动因子，再乘以预测的比值。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Density of the other year</source>
        <translation>另一年的密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Carbon density, other year</source>
        <translation>碳密度，另一年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: other year</source>
        <translation>报告：另一年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Known years as observed, later ones forecast with intervals.</source>
        <translation>已知年份取观测值，之后的年份取预测值和区间。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Forecast</source>
        <translation>预测</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Density by year, forecast (kg C/m2)</source>
        <translation>逐年密度，预测（kg C/m2）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: forecast</source>
        <translation>报告：预测</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: samples</source>
        <translation>报告：样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Mean, n and standard error of the records of each year and pool.</source>
        <translation>各年份、各碳库记录的平均值、个数和标准误。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Density by year (kg C/m2)</source>
        <translation>逐年密度（kg C/m2）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Report: density series</source>
        <translation>报告：密度序列</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>All drivers on the grid of the density raster.</source>
        <translation>全部驱动因子统一到密度栅格的格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Driver stack of the base year</source>
        <translation>基准年驱动因子堆栈</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Driver stack, base year</source>
        <translation>驱动因子堆栈，基准年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>The same names: drivers are matched by name.</source>
        <translation>名称相同：驱动因子按名称匹配。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Driver stack of the other year</source>
        <translation>另一年的驱动因子堆栈</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Driver stack, other year</source>
        <translation>驱动因子堆栈，另一年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Totals of both years, Tg C.</source>
        <translation>两个年份的总量，Tg C。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Carbon stock</source>
        <translation>碳储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Report: stock</source>
        <translation>报告：储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Drivers of both years</source>
        <translation>两个年份的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Density of both years (eq. 3)</source>
        <translation>两个年份的密度（公式 3）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Accuracy, stock and sink capacity (eq. 4 to 8)</source>
        <translation>精度、储量与碳汇能力（公式 4 至 8）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Density by year (ARIMA, eq. 1)</source>
        <translation>逐年密度（ARIMA，公式 1）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Training on the base year (CatBoost, RNN, eq. 2)</source>
        <translation>基准年训练（CatBoost、RNN，公式 2）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Samples of the base year</source>
        <translation>基准年的样本</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Coupled carbon density</source>
        <translation>耦合模型碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>The coupled model of one carbon pool (ARIMA, CatBoost levels, networks within levels): from records of the density by year, a density raster of the base year and driver rasters of the base year and of another year to the density of both years, the stock and the carbon accumulation rate between them. Densities are in the unit of the density raster, stocks in Tg C, rates in t C/km2/yr. Run it once per pool, then 'Assemble carbon pools'. Xinjiang paper, eq. 1 to 6.</source>
        <translation>单个碳库的耦合模型（ARIMA、CatBoost 等级、等级内神经网络）：由逐年密度记录、基准年密度栅格、基准年和另一年的驱动因子栅格，得到两个年份的密度、储量以及其间的碳累积速率。密度单位与密度栅格相同，储量为 Tg C，速率为 t C/km2/yr。每个碳库运行一次，然后用“汇总碳库”。新疆论文公式 1 至 6。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Raster of one pool; its unit is read from the band.</source>
        <translation>单个碳库的栅格；单位从波段读取。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Driver rasters in any grid and CRS; each is named after its layer.</source>
        <translation>驱动因子栅格，格网和坐标参考系不限；各以其图层名命名。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>The same drivers for the other year, in the same units; static ones are given again.</source>
        <translation>另一年的同一组驱动因子，单位相同；静态驱动因子也要再次给出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Pool of the density raster, as in the records: above, below, soil, dead, total or another name. May be left empty where the raster says it (tag CARBON_POOL) or the records are of one pool.</source>
        <translation>密度栅格的碳库，与记录中的名称一致：above、below、soil、dead、total 或其他名称。若栅格已注明（标签 CARBON_POOL）或记录只有一个碳库，可留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>One row per record: year, pool, value, unit, optional weight. Every year from the first to the last.</source>
        <translation>每条记录一行：year、pool、value、unit，可选 weight。从首年到末年每年都要有。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Cells drawn at random to train on; all cells where the raster has fewer.</source>
        <translation>随机抽取、用于训练的像元数；栅格像元不足时取全部像元。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Calendar year of the density raster.</source>
        <translation>密度栅格的公历年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Calendar year to estimate, such as a year to come.</source>
        <translation>要估算的公历年份，如未来某年。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Carbon density of the base year</source>
        <translation>基准年碳密度</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Drivers of the base year</source>
        <translation>基准年驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Drivers of the other year</source>
        <translation>另一年驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Records of the density (table)</source>
        <translation>密度记录（表格）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/coupledcarbon.model3"/>
        <source>Other year</source>
        <translation>另一年</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Trends by set, maps, drivers.</source>
        <translation>各情景集趋势、地图、驱动因子。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Report: charts</source>
        <translation>报告：图表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Fit: the forest has seen a part of it.</source>
        <translation>拟合：随机森林见过其中一部分。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Forest against InVEST</source>
        <translation>随机森林与 InVEST 对比</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Forest against InVEST (fit)</source>
        <translation>随机森林与 InVEST 对比（拟合）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Low against high pathway, the other groups in between.</source>
        <translation>低路径与高路径对比，其余各组取中间路径。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Elasticity</source>
        <translation>弹性</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Elasticity by group and year</source>
        <translation>各组各年弹性</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Report: elasticity</source>
        <translation>报告：弹性</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Robust preset; scores on held-out blocks.</source>
        <translation>robust 预设；精度取自留出的空间块。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Train the forest</source>
        <translation>训练随机森林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Report: forest</source>
        <translation>报告：随机森林</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>What the forest learns.</source>
        <translation>随机森林所学习的图。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>The forest on its own year.</source>
        <translation>随机森林应用于训练年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Carbon density by the forest (t C/ha)</source>
        <translation>随机森林碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Every run and year once; a stopped ensemble resumes.</source>
        <translation>每个运行、每个年份一次；中断的集合可继续。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Drivers against the training</source>
        <translation>驱动因子与训练数据对照</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Report: scenarios</source>
        <translation>报告：情景</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Totals by run and year</source>
        <translation>各运行各年合计</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Random cells; whole blocks are held out.</source>
        <translation>随机像元；整个空间块留出。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Drivers on the grid of the land cover.</source>
        <translation>驱动因子统一到土地覆被的格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Random forest (I-RF)</source>
        <translation>随机森林（I-RF）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Carbon by class and drivers</source>
        <translation>按类别的碳与驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Scenarios</source>
        <translation>情景</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>I-RF scenarios</source>
        <translation>I-RF 情景</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>InVEST and a random forest under pathways (Jiangsu paper): carbon by land-cover class, a forest trained on it with drivers, its density for every combination of pathways and year of the driver table, trends, maps and the elasticity of carbon. The forest learns what InVEST says, so its scores say how well that is met, not how true it is. Densities are in t C/ha, stocks in Tg C.</source>
        <translation>不同路径下的 InVEST 与随机森林（江苏论文）：按土地覆被类别的碳、以驱动因子对其训练的随机森林、驱动因子表中路径与年份每种组合的密度、趋势、地图以及碳的弹性。随机森林学到的是 InVEST 的结果，因此其精度说明与 InVEST 的吻合程度，而不是真实程度。密度为 t C/ha，储量为 Tg C。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Driver rasters; the names of the layers are the variables of the driver table.</source>
        <translation>驱动因子栅格；图层名即驱动因子表中的变量名。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>variable, scenario, year, path: see 'Driver table of scenarios'.</source>
        <translation>variable、scenario、year、path：见“情景驱动因子表”。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Variables that follow one pathway together, such as 'climate: PRE, TEM; AGPP: AGPP; population: PD'.</source>
        <translation>共同遵循同一路径的变量，如 'climate: PRE, TEM; AGPP: AGPP; population: PD'。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Class codes; the reference grid.</source>
        <translation>类别代码；参考格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Names of the pathways as in the driver table, from low to high.</source>
        <translation>驱动因子表中的路径名称，从低到高。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>One row per class: lucode, c_above, c_below, c_soil, c_dead.</source>
        <translation>每个类别一行：lucode、c_above、c_below、c_soil、c_dead。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Cells drawn at random to train the forest.</source>
        <translation>随机抽取、用于训练随机森林的像元数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Calendar year of the land cover and the drivers.</source>
        <translation>土地覆被和驱动因子的公历年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Years to compute, such as '2020, 2060, 5' (first, last, step); if left empty, those of the driver table.</source>
        <translation>要计算的年份，如 '2020, 2060, 5'（起始、结束、步长）；留空则取驱动因子表中的年份。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Driver table of the scenarios</source>
        <translation>情景的驱动因子表</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/irfscenarios.model3"/>
        <source>Land cover of the base year</source>
        <translation>基准年土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Classes by natural breaks; q overall and by ecosystem.</source>
        <translation>按自然断点分类；整体及各生态系统的 q。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Drivers of the sink capacity</source>
        <translation>碳汇能力的驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Report: drivers</source>
        <translation>报告：驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>q of each driver</source>
        <translation>各驱动因子的 q</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>q of each pair of drivers</source>
        <translation>各对驱动因子的 q</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Makes nothing if there is no land cover in between. Its map is not a result of the chain: a result can be skipped, and the date would silently be lost.</source>
        <translation>没有中间年份的土地覆被时不产生任何结果。其图不作为流程链的结果：结果可以被跳过，该时期就会在不知不觉中丢失。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon stock in between</source>
        <translation>中间年份碳储量</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>All drivers on the grid of the first land cover, one band each.</source>
        <translation>全部驱动因子统一到第一期土地覆被的格网，各占一个波段。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Density of each class from the pool table; totals from class counts.</source>
        <translation>各类别密度取自碳库表；合计由类别像元数得到。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon stock, start and end</source>
        <translation>碳储量，起始与结束</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon density at the end (t C/ha)</source>
        <translation>结束时碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon density at the start (t C/ha)</source>
        <translation>起始时碳密度（t C/ha）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Sink capacity</source>
        <translation>碳汇能力</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Carbon stock by class (InVEST)</source>
        <translation>按类别的碳储量（InVEST）</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Drivers</source>
        <translation>驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Land cover → stock → CAR → drivers</source>
        <translation>土地覆被 → 储量 → CAR → 驱动因子</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>From land-cover maps of two or three dates, a table of carbon pools and driver rasters to carbon stock, carbon accumulation rate (CAR) and the drivers behind it (Geodetector, by ecosystem). Densities are in t C/ha, rates in t C/km2/yr, totals in Tg C. The end's land cover serves as the ecosystem map. There are reports of the stock, the sink capacity and the drivers. Xinjiang paper, eq. 4 to 7; Jiangsu paper, 2.3.1.</source>
        <translation>由两期或三期土地覆被图、碳库表和驱动因子栅格，得到碳储量、碳累积速率（CAR）及其背后的驱动因子（地理探测器，按生态系统）。密度为 t C/ha，速率为 t C/km2/yr，合计为 Tg C。末期土地覆被兼作生态系统图。储量、碳汇能力和驱动因子各有报告。新疆论文公式 4 至 7；江苏论文第 2.3.1 节。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Number of classes of each driver that is not categorical; at most its number of different values.</source>
        <translation>每个非分类驱动因子的类数；最多为其不同值的个数。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Class codes at the last date; also the map of ecosystems.</source>
        <translation>末期类别代码；兼作生态系统图。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Class codes at a date in between; may be empty.</source>
        <translation>中间年份的类别代码；可以留空。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Class codes at the first date; the reference grid.</source>
        <translation>首期类别代码；参考格网。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>One row per class: lucode, lulc_name, c_above, c_below, c_soil, c_dead.</source>
        <translation>每个类别一行：lucode、lulc_name、c_above、c_below、c_soil、c_dead。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Calendar year of the last land cover; if left empty, its tag CARBON_YEAR.</source>
        <translation>末期土地覆被的公历年份；留空则取其标签 CARBON_YEAR。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Calendar year of the land cover in between; if left empty, its tag CARBON_YEAR.</source>
        <translation>中间年份土地覆被的公历年份；留空则取其标签 CARBON_YEAR。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Calendar year of the first land cover; if left empty, its tag CARBON_YEAR.</source>
        <translation>首期土地覆被的公历年份；留空则取其标签 CARBON_YEAR。</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Land cover at the end</source>
        <translation>结束时土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Land cover in between</source>
        <translation>中间年份土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Land cover at the start</source>
        <translation>起始时土地覆被</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Year of the end</source>
        <translation>结束年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Year in between</source>
        <translation>中间年份</translation>
    </message>
    <message>
        <location filename="../../carbon_qgis/modeler/landcovertodrivers.model3"/>
        <source>Year of the start</source>
        <translation>起始年份</translation>
    </message>
</context>
</TS>
