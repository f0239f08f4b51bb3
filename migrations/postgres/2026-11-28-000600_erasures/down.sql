DROP INDEX volunteers_erased;
