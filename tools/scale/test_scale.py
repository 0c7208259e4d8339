#!/usr/bin/env python3
"""Laws that the simulator keeps, whatever the numbers. Run it by itself; the tests of the solution run it too."""
import argparse
import contextlib
import io
import math
import random
import unittest

import scale

WORLDS = (1, 2, 3, 4, 7, 8, 64, 257)


def options(**changes):
    return argparse.Namespace(**{**vars(scale.parser().parse_args(["ranks"])), **changes})


class Sums(unittest.TestCase):
    def test_a_ring_takes_its_closed_form(self):
        for ranks in WORLDS:
            expected = 2 * (ranks - 1) * (scale.seconds_of(45 / ranks, 10) + 50e-6)
            for end in scale.ring([1.0] * ranks, 45, 10, 50):
                self.assertAlmostEqual(1 + expected, end, places=9)

    def test_a_ring_without_latency_moves_less_than_twice_the_numbers_and_nears_it(self):
        times = [max(scale.ring([0.0] * ranks, 45, 10, 0)) for ranks in WORLDS]
        self.assertEqual(sorted(times), times)
        self.assertLess(times[-1], 2 * scale.seconds_of(45, 10))
        self.assertGreater(times[-1], 1.99 * scale.seconds_of(45, 10))

    def test_a_tree_grows_with_its_depth(self):
        message = scale.seconds_of(45, 10) + 50e-6
        for depth in range(1, 9):
            full = 2 ** (depth + 1) - 1
            self.assertAlmostEqual(4 * depth * message, max(scale.tree([0.0] * full, 45, 10, 50)), places=9)

    def test_one_rank_waits_for_nobody(self):
        for walk in scale.SUMS.values():
            self.assertEqual([2.5], walk([2.5], 45, 10, 50))

    def test_no_rank_has_the_sum_before_the_last_one_began(self):
        dice = random.Random(1)
        for walk in scale.SUMS.values():
            for ranks in WORLDS[1:]:
                begins = [dice.random() for _ in range(ranks)]
                self.assertGreater(min(walk(begins, 45, 10, 50)), max(begins))

    def test_who_begins_later_never_makes_an_end_earlier(self):
        dice = random.Random(2)
        for walk in scale.SUMS.values():
            for ranks in WORLDS[1:6]:
                begins = [dice.random() for _ in range(ranks)]
                ends = walk(begins, 45, 10, 50)
                for late in range(ranks):
                    later = [begin + (0.3 if rank == late else 0) for rank, begin in enumerate(begins)]
                    self.assertTrue(all(b >= a - 1e-12 for a, b in zip(ends, walk(later, 45, 10, 50))))

    def test_small_sums_are_for_trees_and_large_ones_for_rings(self):
        begins = [0.0] * 256
        self.assertLess(max(scale.tree(begins, 0.001, 10, 50)), max(scale.ring(begins, 0.001, 10, 50)))
        self.assertLess(max(scale.ring(begins, 1000, 10, 50)), max(scale.tree(begins, 1000, 10, 50)))


class Steps(unittest.TestCase):
    def test_an_ideal_net_and_equal_ranks_lose_nothing(self):
        ideal = options(gigabits=1e9, latency=0, spread=0, stall_chance=0)
        for kind in scale.SUMS:
            for ranks in WORLDS:
                self.assertAlmostEqual(1, scale.efficiency(ranks, ideal, kind, 1), places=5)

    def test_efficiency_is_within_0_and_1_and_falls_with_ranks(self):
        calm = options(spread=0, stall_chance=0)
        for kind in scale.SUMS:
            values = [scale.efficiency(2 ** power, calm, kind, 1) for power in range(9)]
            self.assertTrue(all(0 < value <= 1 + 1e-9 for value in values))
            self.assertTrue(all(a >= b - 1e-9 for a, b in zip(values, values[1:])))

    def test_what_hides_behind_the_backward_pass_costs_nothing_and_the_rest_costs_its_time(self):
        times = [1.0] * 8
        for kind, walk in scale.SUMS.items():
            bucket = max(walk([0.0] * 8, 10, 10, 50))
            self.assertAlmostEqual(1 + bucket, scale.step_seconds(times, 0.6, 4, 40, 10, 50, kind), places=6)
            self.assertAlmostEqual(1 + 4 * bucket, scale.step_seconds(times, 0, 4, 40, 10, 50, kind), places=6)

    def test_computing_takes_the_mean_and_the_spread_that_were_asked_for(self):
        times = scale.compute_times(2.0, 200_000, 0.1, 0, 1, random.Random(3))
        mean = sum(times) / len(times)
        deviation = math.sqrt(sum((time - mean) ** 2 for time in times) / len(times))
        self.assertAlmostEqual(2.0, mean, delta=0.003)
        self.assertAlmostEqual(0.2, deviation, delta=0.003)

    def test_a_step_stalls_as_often_as_any_of_its_ranks_does(self):
        dice, ranks, chance, steps = random.Random(4), 64, 0.01, 4000
        stalled = sum(max(scale.compute_times(1.0, ranks, 0, chance, 3, dice)) == 3 for _ in range(steps))
        expected = 1 - (1 - chance) ** ranks
        self.assertAlmostEqual(expected, stalled / steps, delta=4 * math.sqrt(expected * (1 - expected) / steps))

    def test_the_same_seed_gives_the_same_figures(self):
        self.assertEqual(scale.efficiency(8, options(), "ring", 20), scale.efficiency(8, options(), "ring", 20))
        self.assertNotEqual(scale.efficiency(8, options(), "ring", 20), scale.efficiency(8, options(seed=2), "ring", 20))


class Failures(unittest.TestCase):
    def test_the_best_interval_is_best(self):
        save, between = 10, 50_000
        best = scale.best_interval(save, between)
        at = [scale.kept_share(best * factor, save, 120, between) for factor in (0.5, 0.8, 1, 1.25, 2)]
        self.assertEqual(max(at), at[2])

    def test_without_failures_only_saving_costs(self):
        self.assertAlmostEqual(0.9, scale.kept_share(90, 10, 120, math.inf))


class Tables(unittest.TestCase):
    def test_every_command_prints_a_table_of_one_width(self):
        for command in (["ranks", "--ranks", "8", "--steps", "5"], ["pictures"], ["failures"]):
            text = io.StringIO()
            with contextlib.redirect_stdout(text):
                scale.main(command)
            lines = text.getvalue().splitlines()
            self.assertGreater(len(lines), 2)
            self.assertEqual(1, len({line.count("|") for line in lines}))

    def test_storage_is_that_of_a_tar(self):
        row = {what: amount for what, amount, _ in scale.needs(scale.parser().parse_args(
            ["pictures", "--pictures", "1000", "--picture-kilobytes", "1.024"]))}
        self.assertEqual("3.6 MB", row["storage"])        # 512 + 1,024 and twice 512 + 512, each picture


if __name__ == "__main__":
    unittest.main()
