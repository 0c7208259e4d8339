using System.Text.Json;
using MocoSharp.Evaluation.Segmentation;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Evaluation.Segmentation;

public sealed class PixelCountsTests
{
    [Fact]
    public void Counts_unions_and_their_mean_are_those_of_scikit_learn()
    {
        JsonElement golden = Golden.Open("segmentation");
        int classes = golden.Whole("classes");
        PixelCounts counts = new(classes, classes);
        counts.Add(Bytes(golden.GetProperty("truth")), Bytes(golden.GetProperty("named")));
        Assert.Equal(golden.GetProperty("confusion").Longs(), from truth in Enumerable.Range(0, classes)
                                                              from name in Enumerable.Range(0, classes)
                                                              select counts[truth, name]);
        Assert.Equal(golden.GetProperty("unions").EnumerateArray().Select(static one => Math.Round(one.GetDouble(), 12)),
            Enumerable.Range(0, classes).Select(kind => Math.Round(counts.IntersectionOverUnion(kind)!.Value, 12)));
        Assert.Equal(golden.Number("mean"), counts.MeanIntersectionOverUnion, 1e-12);
        Assert.Equal(golden.Number("accuracy"), counts.Accuracy, 1e-12);
    }

    [Fact]
    public void A_class_that_is_nowhere_has_no_part_in_the_mean_and_one_that_is_only_named_counts_as_0()
    {
        PixelCounts counts = new(3, 3);
        counts.Add([0, 0, 0, 0, PixelLabels.None], [0, 0, 0, 1, 2]);
        Assert.Null(counts.IntersectionOverUnion(2));
        Assert.Null(counts.AccuracyOf(1));
        Assert.Equal(0, counts.IntersectionOverUnion(1));
        Assert.Equal((0.75 + 0) / 2, counts.MeanIntersectionOverUnion, 1e-12);
        Assert.Equal(4, counts.Total);
        Assert.Equal((1, null), (counts.MistakenFor(0), counts.MistakenFor(1)));
    }

    [Fact]
    public void Counts_grow_beyond_what_32_bits_hold()
    {
        PixelCounts counts = new(1, 2);
        byte[] truth = new byte[1 << 26], named = new byte[1 << 26];
        for (int i = 0; i < 33; i++) counts.Add(truth, named);
        Assert.Equal(33L << 26, counts[0, 0]);
    }

    [Fact]
    public void Clusters_are_renamed_to_the_classes_that_make_most_pixels_right_and_one_without_a_class_is_wrong()
    {
        PixelCounts counts = new(2, 3);
        counts.Add([0, 0, 0, 1, 1, 1, 1, 0], [2, 2, 0, 0, 0, 0, 1, 1]);
        int[] classes = counts.BestClasses();
        Assert.Equal([1, -1, 0], classes);
        PixelCounts renamed = counts.Renamed(classes);
        Assert.Equal(5 / 8.0, renamed.Accuracy);
        Assert.Equal((2, 1, 1), (renamed[0, 0], renamed[0, 1], renamed[0, 2]));
        Assert.Equal(2 / 4.0, renamed.IntersectionOverUnion(0));
        Assert.Equal(8, renamed.Total);
    }

    [Fact]
    public void The_best_assignment_is_that_of_scipy()
    {
        foreach (JsonElement one in Golden.Open("segmentation").GetProperty("assignments").EnumerateArray())
        {
            (int rows, int columns) = (one.Whole("rows"), one.Whole("columns"));
            double[,] gains = new double[rows, columns];
            foreach ((int i, long gain) in one.GetProperty("gains").Longs().Index()) gains[i / columns, i % columns] = gain;
            int[] found = Assignment.Largest(gains);
            Assert.Equal(Math.Min(rows, columns), found.Where(static column => column >= 0).Distinct().Count());
            Assert.Equal(one.Number("sum"), found.Select((column, row) => column < 0 ? 0 : gains[row, column]).Sum());
        }
    }

    [Theory, InlineData(2, 2), InlineData(4, 3), InlineData(3, 5), InlineData(5, 5), InlineData(6, 6)]
    public void The_best_assignment_is_that_of_trying_all(int rows, int columns)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Rng rng = Rng.For(seed, rows, columns);
            double[,] gains = new double[rows, columns];
            for (int row = 0; row < rows; row++)
                for (int column = 0; column < columns; column++) gains[row, column] = rng.NextInt32(7) - 3;     // ties, and losses
            double found = Assignment.Largest(gains).Select((column, row) => column < 0 ? 0 : gains[row, column]).Sum();
            Assert.Equal(Best(gains, 0, 0, Math.Min(rows, columns)), found);
        }
    }

    // All ways to give `left` rows from `row` on a column that is not used yet.
    private static double Best(double[,] gains, int row, int used, int left)
    {
        if (left == 0) return 0;
        if (row == gains.GetLength(0)) return double.NegativeInfinity;
        double best = gains.GetLength(0) - row > left ? Best(gains, row + 1, used, left) : double.NegativeInfinity;
        for (int column = 0; column < gains.GetLength(1); column++)
            if ((used >> column & 1) == 0)
                best = Math.Max(best, gains[row, column] + Best(gains, row + 1, used | 1 << column, left - 1));
        return best;
    }

    private static byte[] Bytes(JsonElement list) => [.. list.Longs().Select(static value => (byte)value)];
}
