"""The work that recordings become: one video per profile, opened, reopened and woken."""
