"""The machine: polls work items by status and advances each by one stage per tick.

    loop --claims--> process_one --(load -> run -> save)--> outcome --compare-and-set--> status

`flow` and `gate` decide and touch nothing; `store` is the SQL; `claims` says what may run now.
"""
