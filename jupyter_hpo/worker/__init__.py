"""The worker's side: snapshot in, bind, exec, report, result and objects out."""
