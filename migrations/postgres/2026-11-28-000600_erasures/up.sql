-- Few leave, and every node asks from time to time who did.
CREATE INDEX volunteers_erased ON volunteers (erased_at) WHERE erased_at IS NOT NULL;
