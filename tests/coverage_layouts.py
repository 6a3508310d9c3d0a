"""Tables of the Medicare Coverage Database in the layout of its downloads, with invented rows.

The column names and their order are those of the CSV files of 2025 and 2026 (current_article_csv,
current_lcd_csv, ncd_csv); documents, codes and texts are made up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

COLUMNS = {
    "article": (
        "article_id article_version article_type title article_pub_date article_eff_date "
        "article_end_date description other_comments sad_url status last_updated history_exp "
        "key_article icd9_covered_para icd9_noncovered_para revenue_para thirty_percent "
        "article_rev_end_date source_article_id date_retired keywords icd10_doc add_icd10_info "
        "cms_cov_policy display_id reference_article"
    ),
    "lcd": (
        "lcd_id lcd_version title determination_number orig_det_eff_date ent_det_end_date "
        "rev_eff_date rev_end_date indication diagnoses_support icd9_dont_support_para "
        "icd9_dont_support_ast diagnoses_dont_support coding_guidelines doc_reqs appendices "
        "util_guide source_info adv_meeting comment_start_dt comment_end_dt notice_start_dt "
        "rev_hist_num history_exp last_reviewed_on status last_updated cms_cov_policy display_id "
        "draft_contact revenue_para thirty_percent keywords associated_info notice_end_dt "
        "date_retired draft_released_date source_lcd_id add_icd10_info icd10_doc synopsis_changes "
        "bibliography summary_of_evidence analysis_of_evidence mcd_publish_date issue issue_change "
        "mac_initiated"
    ),
    "ncd_trkg": (
        "NCD_id NCD_vrsn_num natl_cvrg_type cvrg_lvl_cd NCD_mnl_sect NCD_mnl_sect_title "
        "NCD_efctv_dt NCD_impltn_dt NCD_trmntn_dt itm_srvc_desc indctn_lmtn xref_txt othr_txt "
        "trnsmtl_num trnsmtl_issnc_dt trnsmtl_url chg_rqst_num pblctn_cd rev_hstry under_rvw "
        "creatd_tmstmp last_updt_tmstmp last_clrnc_tmstmp NCD_lab ncd_keyword NCD_AMA"
    ),
    "article_x_hcpc_code": (
        "article_id article_version hcpc_code_id hcpc_code_version hcpc_code_group range "
        "last_updated long_description short_description"
    ),
    "lcd_x_hcpc_code": (
        "lcd_id lcd_version hcpc_code_id hcpc_code_version hcpc_code_group range last_updated "
        "long_description short_description"
    ),
    "article_x_icd10_covered": (
        "article_id article_version icd10_code_id icd10_code_version icd10_covered_group range "
        "last_updated sort_order description asterisk"
    ),
    "article_x_icd10_noncovered": (
        "article_id article_version icd10_code_id icd10_code_version icd10_noncovered_group range "
        "last_updated sort_order description"
    ),
    "article_x_hcpc_code_group": (
        "article_id article_version hcpc_code_group paragraph last_updated"
    ),
    "lcd_x_hcpc_code_group": "lcd_id lcd_version hcpc_code_group paragraph last_updated",
    "article_x_icd10_covered_group": (
        "article_id article_version icd10_covered_group paragraph last_updated icd10_covered_ast"
    ),
    "article_x_icd10_noncovered_group": (
        "article_id article_version icd10_noncovered_group paragraph last_updated"
    ),
    "article_related_ncd_documents": (
        "article_id article_version related_num r_ncd_id r_ncd_version last_updated"
    ),
    "lcd_related_ncd_documents": (
        "lcd_id lcd_version related_num r_ncd_id r_ncd_version last_updated"
    ),
    "article_related_documents": (
        "article_id article_version related_num r_article_id r_article_version r_lcd_id "
        "r_lcd_version r_contractor_id last_updated"
    ),
    "article_x_contractor": (
        "article_id article_version article_type contractor_id contractor_type_id "
        "contractor_version last_updated"
    ),
    "lcd_x_contractor": (
        "lcd_id lcd_version contractor_id contractor_type_id contractor_version last_updated"
    ),
    "contractor": (
        "contractor_id contractor_type_id contractor_version contractor_bus_name "
        "contractor_number dmerc_rgn address1 address2 address3 city state_id zipcode phone fax "
        "status last_updated url email ignore status_flag cmd_name cmd_title "
        "contractor_subtype_id"
    ),
    "contractor_jurisdiction": (
        "contractor_id contractor_type_id contractor_version state_id last_updated active_date "
        "term_date"
    ),
    "state_lookup": "state_id state_abbrev description",
    "lcd_related_documents": (
        "lcd_id lcd_version related_num r_article_id r_article_version r_lcd_id r_lcd_version "
        "r_contractor_id last_updated"
    ),
}
"""Each table's columns in order, with blanks between them."""


def mcd(table: str, *rows: Mapping[str, str]) -> bytes:
    """One table of the download, with the cells of `rows` and all others empty."""
    names = COLUMNS[table].split()
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def article(article_id: str, version: str, first: str, **more: str) -> dict[str, str]:
    """A row of `article`."""
    return {
        "article_id": article_id,
        "article_version": version,
        "title": f"Billing and Coding: invented {article_id}",
        "article_eff_date": f"{first} 00:00:00" if first else "",
        "status": "A",
        "display_id": f"A{article_id}",
        **more,
    }


def lcd(lcd_id: str, version: str, first: str, **more: str) -> dict[str, str]:
    """A row of `lcd`."""
    return {
        "lcd_id": lcd_id,
        "lcd_version": version,
        "title": f"Invented determination {lcd_id}",
        "orig_det_eff_date": "2015-10-01 00:00:00",
        "rev_eff_date": f"{first} 00:00:00" if first else "",
        "status": "A",
        "display_id": f"L{lcd_id}",
        **more,
    }


def linked(kind: str, document_id: str, version: str, **more: str) -> dict[str, str]:
    """A row of a table that belongs to an article or an LCD."""
    return {f"{kind}_id": document_id, f"{kind}_version": version, **more}


def articles(made: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """The tables of these articles, by file: id, version, first, until, codes, both lists.

    `retired`, a day too, may be left out.
    """

    def of(name: str, column: str, values: str) -> bytes:
        rows = (
            linked("article", one["id"], str(one["version"]), **{column: value})
            for one in made
            for value in sorted(one[values])
        )
        return mcd(name, *rows)

    heads = (
        article(
            one["id"],
            str(one["version"]),
            str(one["first"]),
            article_rev_end_date=_stamp(one["until"]),
            date_retired=_stamp(one.get("retired")),
        )
        for one in made
    )
    return {
        "a.csv": mcd("article", *heads),
        "b.csv": of("article_x_hcpc_code", "hcpc_code_id", "codes"),
        "c.csv": of("article_x_icd10_covered", "icd10_code_id", "covered"),
        "d.csv": of("article_x_icd10_noncovered", "icd10_code_id", "excluded"),
    }


def _stamp(day: date | None) -> str:
    return "" if day is None else f"{day} 00:00:00"
