"""What counts as a write is decided by the statement's own words."""

import pytest

from draftedit.throttling.write_statements import writes

WRITING = [
    "INSERT INTO t VALUES (1)",
    "insert into t values (1)",
    "  \n\tUpdate t SET a = 1",
    "-- why\nDELETE FROM t",
    "/* SELECT */ DELETE FROM t",
    "/* a */ -- b\n # c\n REPLACE INTO t VALUES (1)",
    "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE",
    "INSERT INTO t SELECT * FROM s",
    "INSERT INTO t VALUES (1), (2)",
    "DELETE FROM t; SELECT 1",
    "WITH s AS (SELECT 1) INSERT INTO t SELECT * FROM s",
    "with recursive s(n) as (select 1) delete from t where a in (select n from s)",
    "WITH s AS (DELETE FROM t RETURNING a) SELECT * FROM s",
    "WITH a AS (SELECT ')'), s AS NOT MATERIALIZED (UPDATE t SET a = 1) SELECT 1",
    "(((WITH s AS (INSERT INTO t VALUES (1) RETURNING a) SELECT 1)))",
]
READING = [
    "",
    "   ",
    "-- DELETE FROM t",
    "SELECT * FROM t FOR UPDATE",
    "SELECT 'INSERT INTO t'",
    "SELECT replace(a, 'b', 'c') FROM t",
    "(SELECT 1) UNION (SELECT 2)",
    "VALUES (1)",
    "SAVEPOINT update_it",
    "BEGIN IMMEDIATE",
    "CREATE TABLE t (a INT)",
    "WITH s AS (SELECT 'INSERT' AS \"delete\", `update` FROM t) SELECT * FROM s",
    "WITH s AS (SELECT a FROM t FOR UPDATE) SELECT replace(a, 'b', 'c') FROM s",
    "WITH s AS (SELECT $x$ ) INSERT $x$) SELECT 1 /* ) DELETE */ FROM s",
    "WITH s AS (SELECT 1)",
    "UPDATED",
    "CALL writes()",
    "DO $$ BEGIN DELETE FROM t; END $$",
    "COPY t FROM STDIN",
    "LOAD DATA INFILE 'a.csv' INTO TABLE t",
    "TRUNCATE TABLE t",
    "EXPLAIN ANALYZE DELETE FROM t",
    "SELECT delete_all()",
    "SELECT 1; DELETE FROM t",
]


@pytest.mark.parametrize("statement", WRITING)
def test_it_writes(statement):
    assert writes(statement)


@pytest.mark.parametrize("statement", READING)
def test_it_reads(statement):
    assert not writes(statement)
