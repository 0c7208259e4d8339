using MocoSharp.Embeddings;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Embeddings;

public sealed class EmbeddingSearchTests : IDisposable
{
    private const int Dimensions = 1500;        // wide enough for several parts of the file
    private readonly string _root = Directory.CreateTempSubdirectory("moco-search-").FullName;

    // few queries scan the file, many are multiplied in blocks
    [Theory, InlineData(7, 3, 4), InlineData(3000, 20, 4), InlineData(5, 5, 4), InlineData(7, 3, 13), InlineData(3000, 20, 24)]
    public void The_nearest_are_those_of_comparing_every_row_in_double(int rows, int k, int asked)
    {
        float[] values = Values(rows, seed: 1), queries = Values(asked, seed: 2);
        foreach (int absent in new[] { 1, rows - 1 }) values.AsSpan(absent * Dimensions, Dimensions).Fill(float.NaN);
        using EmbeddingsFile file = Open(values, rows);
        (float Similarity, int Row)[][] found = EmbeddingSearch.Nearest(file, PresentRows.Unlabeled(queries, Dimensions), k, wanted: null,
            TestContext.Current.CancellationToken);
        for (int query = 0; query < found.Length; query++)
        {
            ReadOnlyMemory<float> own = queries.AsMemory(query * Dimensions, Dimensions);
            (double Cosine, int Row)[] expected = [.. Enumerable.Range(0, rows).Where(row => row != 1 && row != rows - 1)
                .Select(row => (Cosine(own.Span, values.AsSpan(row * Dimensions, Dimensions)), row))
                .OrderByDescending(static one => one.Item1).Take(k)];
            Assert.Equal(expected.Select(static one => one.Row), found[query].Select(static one => one.Row));
            Assert.All(expected.Zip(found[query]), static pair => Assert.Equal(pair.First.Cosine, pair.Second.Similarity, 1e-5));
        }
    }

    [Fact]
    public void Of_equal_rows_the_earlier_ones_come_first_across_parts()
    {
        const int rows = 3000;
        float[] one = new float[Dimensions];
        one[7] = 2;                 // its products are exact, whatever the size of a block
        float[] values = [.. Enumerable.Repeat(one, rows).SelectMany(static row => row)];
        using EmbeddingsFile file = Open(values, rows);
        (float Similarity, int Row)[] found = EmbeddingSearch.Nearest(file, PresentRows.Unlabeled(one, Dimensions), 5, wanted: null,
            TestContext.Current.CancellationToken)[0];
        Assert.Equal([0, 1, 2, 3, 4], found.Select(static hit => hit.Row));
    }

    [Fact]
    public void Only_rows_that_are_wanted_are_found()
    {
        const int rows = 3000;
        float[] values = Values(rows, seed: 5);
        using EmbeddingsFile file = Open(values, rows);
        (float Similarity, int Row)[] found = EmbeddingSearch.Nearest(file, PresentRows.Unlabeled(values[..Dimensions], Dimensions), rows,
            static row => row % 3 == 1, TestContext.Current.CancellationToken)[0];
        Assert.Equal(Enumerable.Range(0, rows).Where(static row => row % 3 == 1), found.Select(static hit => hit.Row).Order());
    }

    [Fact]
    public void Parts_hold_each_present_row_once()
    {
        const int rows = 3000;
        float[] values = Values(rows, seed: 4);
        values.AsSpan(0, Dimensions).Fill(float.NaN);
        using EmbeddingsFile file = Open(values, rows);
        PresentRows[] parts = [.. PresentRows.Blocks(file)];
        Assert.True(parts.Length > 1);
        Assert.Equal(Enumerable.Range(1, rows - 1), parts.SelectMany(static part => part.Rows));
        foreach (PresentRows part in parts)
            for (int i = 0; i < part.Rows.Length; i++)
                Assert.Equal(values.AsSpan(part.Rows[i] * Dimensions, Dimensions), part.Features.Row(i));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static float[] Values(int rows, ulong seed)
    {
        Rng rng = Rng.For(seed);
        float[] values = new float[rows * Dimensions];
        foreach (ref float value in values.AsSpan()) value = rng.NextSingle() - 0.5f;
        return values;
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, first = 0, second = 0;
        for (int i = 0; i < a.Length; i++)
            (product, first, second) = (product + (double)a[i] * b[i], first + (double)a[i] * a[i], second + (double)b[i] * b[i]);
        return product / Math.Sqrt(first * second);
    }

    private EmbeddingsFile Open(float[] values, int rows)
    {
        string path = Path.Combine(_root, "a.npy");
        File.WriteAllBytes(path, NpyBytes.Of("<f4", NpyBytes.Shape(rows, Dimensions), values));
        return EmbeddingsFile.Open(path);
    }
}
