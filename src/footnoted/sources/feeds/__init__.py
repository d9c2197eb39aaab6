r"""Podcast and video feeds: RSS and Atom read into found items, and followed from look to look.

    Web -> follower -> reading -> survey    refuses bombs, reads the podcast namespace
                         |      \-> entries -> media, prose, youtube
                         |             \-> identity (addresses): the keys of an item
                         \-> distinct: one item per recording, no key twice

`identity.recognise` tells the kernel which known recording a found item is.
"""
