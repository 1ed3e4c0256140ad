"""The style sheet of a report page: screen, narrow screen, and A4 paper."""

CSS = """
:root { --ink: #1f2328; --faint: #5d6670; --line: #d9dee3; --soft: #f4f6f7; --accent: #01665e; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink); overflow-wrap: break-word;
  font: 15px/1.5 "Segoe UI", "Helvetica Neue", Arial, "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 28px 24px 60px; }
header { border-bottom: 3px solid var(--accent); margin-bottom: 18px; padding-bottom: 8px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0; }
h2 { font-size: 19px; margin: 34px 0 8px; line-height: 1.3; break-after: avoid; }
p { margin: 0 0 10px; max-width: 46em; }
.subtitle { color: var(--faint); margin: 4px 0 0; }
.lead p { font-size: 17px; }
.keys { display: grid; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); gap: 10px; margin: 18px 0; }
.key { background: var(--soft); border-left: 3px solid var(--accent); padding: 8px 12px; min-width: 0; }
.key .label { color: var(--faint); font-size: 13px; }
.key .value { font-size: 21px; font-weight: 600; line-height: 1.3; }
.key .unit { font-size: 13px; font-weight: 400; white-space: nowrap; }
.notes { list-style: none; padding: 0; margin: 16px 0; }
.notes li { padding: 6px 12px; margin: 0 0 6px; background: var(--soft); border-left: 3px solid #9aa4ad; }
.notes li.warning { background: #fdf3e4; border-left-color: #b9772a; }
.scroll { overflow-x: auto; margin: 16px 0 4px;
  background: linear-gradient(to right, #fff 30%, #fff0) local, linear-gradient(to left, #fff 30%, #fff0) 100% 0 local,
    linear-gradient(to right, #0003, #0000) 0 0 / 14px 100% no-repeat,
    linear-gradient(to left, #0003, #0000) 100% 0 / 14px 100% no-repeat; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0 0 6px; }
th, td { padding: 4px 12px 4px 8px; vertical-align: top; }
th { text-align: left; border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 2px solid var(--ink); }
.num { text-align: right; }
td.num, td.unit, th .unit { white-space: nowrap; }
.small { color: var(--faint); font-size: 12.5px; margin: 4px 0 14px; max-width: none; }
figure { margin: 22px 0; break-inside: avoid; }
figure img { display: block; max-width: 100%; height: auto; }
figcaption { font-size: 13.5px; margin-top: 6px; max-width: 52em; }
.references li { margin-bottom: 4px; }
.record { margin-top: 34px; border-top: 1px solid var(--line); padding-top: 10px; font-size: 13px; }
.record summary { cursor: pointer; font-weight: 600; }
.record dl { display: grid; grid-template-columns: minmax(90px, max-content) minmax(0, 1fr); gap: 2px 14px;
  margin: 4px 0 6px; }
.record dt { color: var(--faint); }
.record dd { margin: 0; overflow-wrap: anywhere; }
.record ul { margin: 0; padding-left: 18px; }
@media (max-width: 560px) {
  main { padding: 16px 14px 40px; }
  h1 { font-size: 22px; }
  .keys { grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); }
  .record dl { grid-template-columns: 1fr; }
  .record dd { padding-left: 12px; }
}
@media print {
  @page { size: A4; margin: 16mm 15mm; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .lead p { font-size: 11pt; }
  .key, .notes li { -webkit-print-color-adjust: exact; print-color-adjust: exact; break-inside: avoid; }
  .scroll { overflow: visible; background: none; }
  table { font-size: 8pt; max-width: 100%; }
  th, td { padding: 2px 5px 2px 3px; }
  th .unit { white-space: normal; }
  .wide table { font-size: 6pt; }
  .wide th, .wide td { padding: 1px 3px 1px 1px; }
  thead { display: table-header-group; }
  tr, .short { break-inside: avoid; }
  figure img { max-height: 230mm; width: auto !important; max-width: 100%; }
}
"""
