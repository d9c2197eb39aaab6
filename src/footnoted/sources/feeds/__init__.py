r"""Podcast and video feeds: RSS and Atom read into found items, and followed from look to look.

    follower -> Web: 304, moved, not there (patience), a gap since the last look (gaps)
       |
    reading -> survey: refuses bombs, reads the podcast namespace
       |  \-> entries -> media, prose, youtube; identity: the keys of an item
       \--> order, distinct: newest first, one item per recording, no key twice

`identity.recognise` tells the kernel which known recording a found item is.
"""
