"""The two papers by the names that help, reports and pages use, as a reader can look them up."""

from typing import Dict, List

#: Name in running text -> reference. What stands here is what the texts of the papers themselves give, and no more:
#: the text of the first begins with its abstract, without title, authors, journal or year.
PAPERS: Dict[str, str] = {
    "Xinjiang paper": (
        "Xinjiang paper: the study of terrestrial carbon in Xinjiang, 2000–2020, that proposes a 'regional terrestrial "
        "ecosystem carbon density estimation method based on an ARIMA-CatBoost-RNN coupled model'. The text at hand "
        "begins with the abstract and gives no title, authors, journal or year. To find it, its data: "
        "https://zenodo.org/records/11570044 (carbon storage), https://zenodo.org/records/11579311 (carbon density); "
        "its code: https://github.com/lqz19980404?tab=repositories."
    ),
    "Jiangsu paper": (
        "Jiangsu paper: Shi, T., Yan, W., & Chen, W. (2025). Integrated Carbon Stock Simulation in Jiangsu Province "
        "Using InVEST and Random Forest Under Multi-Scenario Climate and Productivity Pathways. Sustainability, "
        "17(17), 7705. https://doi.org/10.3390/su17177705."
    ),
}


def papers_named(text: str) -> List[str]:
    """References of those of the two papers that `text` names ("Xinjiang paper", "Jiangsu paper")."""
    return [reference for name, reference in PAPERS.items() if name in text]
