"""Find terms in a million texts: in Spark, and in one process beside it.

Run it with ``python benchmarks/spark.py`` in an environment that has pyspark
and pyarrow, on a machine with Java. It fails if the two do not find the same.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import SparkSession

from salvage_kb import kb
from salvage_kb.integrations.arrow import DDL, finder

BATCH = 10_000


def corpus(count: int) -> Iterator[pa.RecordBatch]:
    """Make short texts out of the content's own sentences and names."""
    chance = random.Random(1)  # noqa: S311  # no secret
    sentences = [statement.text for statement in kb.statements]
    names = [record.name for record in kb.side_effects]
    for start in range(0, count, BATCH):
        ids = range(start, min(start + BATCH, count))
        texts = [
            f"{chance.choice(sentences)} {chance.choice(names)}" for _ in ids
        ]
        yield pa.record_batch({"id": pa.array(ids), "text": texts})


def main() -> None:
    """Compare, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000_000)
    table = pa.Table.from_batches(corpus(parser.parse_args().texts))
    find = finder()
    os.environ["PYSPARK_PYTHON"] = sys.executable  # that of the workers

    start = time.perf_counter()
    alone = pa.Table.from_batches(find(table.to_batches()))
    first = time.perf_counter() - start

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "4g")
        .config("spark.driver.maxResultSize", "4g")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH))
        .getOrCreate()
    )
    try:
        frame = spark.createDataFrame(table).repartition(8)
        start = time.perf_counter()
        rows = frame.mapInArrow(find, f"id long, {DDL}")
        spread = rows.toArrow()
        second = time.perf_counter() - start
    finally:
        spark.stop()

    order = [("id", "ascending"), ("start", "ascending")]
    same = alone.sort_by(order).equals(
        spread.sort_by(order).cast(alone.schema)
    )
    print(f"{table.num_rows} texts, {alone.num_rows} terms found")
    print(f"one process: {first:.0f} s; Spark, local[2]: {second:.0f} s")
    print("the same terms in both" if same else "they differ")
    sys.exit(not same)


if __name__ == "__main__":
    main()
