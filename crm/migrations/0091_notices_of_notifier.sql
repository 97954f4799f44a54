-- Where the notifier sends the emails to customers, it takes them from the queue: what is taken no undo withdraws.
GRANT SELECT, UPDATE (sent_at) ON notice TO ci_notifier;
