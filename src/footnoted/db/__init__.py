"""The PostgreSQL edge: the embedded server, engines, locks; the only home of SQL besides stores."""
