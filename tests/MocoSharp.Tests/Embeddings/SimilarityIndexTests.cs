using MocoSharp.Embeddings;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Embeddings;

public sealed class SimilarityIndexTests : IDisposable
{
    private const int Dimensions = 24, Rows = 3000;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-index-").FullName;

    private string Path => System.IO.Path.Combine(_root, "a.npy");

    [Theory, InlineData(IndexPrecision.Fp32, 0.99), InlineData(IndexPrecision.I8, 0.95)]
    public async Task It_finds_what_exact_search_finds_and_tells_its_recall(IndexPrecision precision, double least)
    {
        float[] values = Values(Rows, seed: 1), queries = Values(50, seed: 2);
        IndexResult built = await Build(values, new IndexOptions(precision));
        Assert.Equal((Rows, Rows, 0, 0), (built.Rows, built.Added, built.Removed, built.PassedOver));
        Assert.InRange(built.Recall, least, 1);
        using EmbeddingsFile file = EmbeddingsFile.Open(Path);
        using SimilarityIndex index = SimilarityIndex.Open(file)!;
        Assert.Equal((built.Recall, precision), (index.Recall, index.Precision));
        IReadOnlyList<RowHit>[] exact = file.Nearest(queries, 10, Cancel);
        double found = 0;
        for (int query = 0; query < exact.Length; query++)
        {
            IReadOnlyList<RowHit> hits = index.Search(queries.AsSpan(query * Dimensions, Dimensions), 10);
            Assert.Equal(10, hits.Count);
            Assert.Equal(hits.OrderByDescending(static hit => hit.Similarity), hits);
            Dictionary<int, float> right = exact[query].ToDictionary(static hit => hit.Row, static hit => hit.Similarity);
            // of what both found the cosines are the same: the index's numbers only choose
            foreach (RowHit hit in hits)
                if (right.TryGetValue(hit.Row, out float similarity)) Assert.Equal(similarity, hit.Similarity, 1e-5f);
            found += hits.Count(hit => right.ContainsKey(hit.Row)) / 10.0;
        }
        Assert.InRange(found / exact.Length, least, 1);
    }

    [Fact]
    public async Task Rows_that_came_moved_or_went_are_brought_up_to_date()
    {
        float[] values = Values(Rows, seed: 1), more = Values(20, seed: 3);
        await Build(values);
        // the first ten rows are gone, the others moved up, and new ones stand before and behind them
        float[] changed = [.. more[..(10 * Dimensions)], .. values[(10 * Dimensions)..], .. more[(10 * Dimensions)..]];
        IndexResult updated = await Build(changed);
        Assert.Equal((Rows + 10, 20, 10), (updated.Rows, updated.Added, updated.Removed));
        Assert.InRange(updated.Recall, 0.99, 1);
        using EmbeddingsFile file = EmbeddingsFile.Open(Path);
        using SimilarityIndex index = SimilarityIndex.Open(file)!;
        foreach (int row in new[] { 0, 9, 10, 1500, Rows, Rows + 9 })
            Assert.Equal(row, index.Search(changed.AsSpan(row * Dimensions, Dimensions), 1)[0].Row);
        Assert.Equal(file.Nearest(values[..Dimensions], 1, Cancel)[0][0].Row, index.Search(values.AsSpan(0, Dimensions), 1)[0].Row);
    }

    [Fact]
    public async Task Equal_rows_are_all_kept_and_rows_of_zeros_or_without_an_embedding_passed_over()
    {
        float[] values = Values(40, seed: 1);
        for (int row = 1; row < 12; row++) values.AsSpan(0, Dimensions).CopyTo(values.AsSpan(row * Dimensions, Dimensions));
        values.AsSpan(20 * Dimensions, Dimensions).Clear();
        values.AsSpan(21 * Dimensions, Dimensions).Fill(float.NaN);
        IndexResult built = await Build(values);
        Assert.Equal((38, 2), (built.Rows, built.PassedOver));
        using EmbeddingsFile file = EmbeddingsFile.Open(Path);
        using SimilarityIndex index = SimilarityIndex.Open(file)!;
        Assert.Equal(Enumerable.Range(0, 12), index.Search(values.AsSpan(0, Dimensions), 12).Select(static hit => hit.Row));
        Assert.Equal(38, index.Search(values.AsSpan(0, Dimensions), 100).Count);
        Assert.Empty(index.Search(new float[Dimensions], 3));
        Assert.Equal((0, 0), (await Build(values) is var again ? (again.Added, again.Removed) : default));
    }

    [Fact]
    public async Task Rows_of_other_dimensions_make_a_new_index()
    {
        await Build(Values(10, seed: 1));
        float[] wider = Values(100, seed: 2);
        File.WriteAllBytes(Path, NpyBytes.Of("<f4", NpyBytes.Shape(50, 2 * Dimensions), wider));
        IndexResult built = await EmbeddingIndex.UpdateAsync(Path, cancel: Cancel);
        Assert.Equal((50, 50, 0, 1.0), (built.Rows, built.Added, built.Removed, built.Recall));
        Write(new float[10 * Dimensions]);
        await EmbeddingIndex.UpdateAsync(Path, new IndexOptions(Rebuild: true), cancel: Cancel);
        File.WriteAllBytes(Path, NpyBytes.Of("<f4", NpyBytes.Shape(50, 2 * Dimensions), wider));
        Assert.Equal(50, (await EmbeddingIndex.UpdateAsync(Path, cancel: Cancel)).Rows);
    }

    [Fact]
    public async Task What_cannot_get_its_name_is_not_left_behind()
    {
        Directory.CreateDirectory(SimilarityIndex.PathOf(Path));
        await Assert.ThrowsAnyAsync<Exception>(() => Build(Values(10, seed: 1)));
        Assert.Equal([Path, SimilarityIndex.PathOf(Path)], Directory.EnumerateFileSystemEntries(_root).Order());
    }

    [Fact]
    public async Task However_many_hits_are_asked_for_all_rows_are_enough()
    {
        float[] values = Values(200, seed: 1);
        await Build(values);
        using EmbeddingsFile file = EmbeddingsFile.Open(Path);
        using SimilarityIndex index = SimilarityIndex.Open(file)!;
        Assert.Equal(200, index.Search(values.AsSpan(0, Dimensions), int.MaxValue).Count);
    }

    [Fact]
    public async Task Damaged_rows_of_an_index_are_refused_with_what_builds_it_anew()
    {
        float[] values = Values(20, seed: 1);
        await Build(values);
        string rows = SimilarityIndex.RowsPathOf(Path);
        File.WriteAllBytes(rows, File.ReadAllBytes(rows)[..^1]);
        Assert.Contains("it does not hold what an index knows of its rows", Refused(), StringComparison.Ordinal);
        MocoException error = await Assert.ThrowsAsync<MocoException>(() => Build(values));
        Assert.EndsWith($"moco index {Path} --rebuild", error.Fix, StringComparison.Ordinal);
        Assert.Equal(20, (await Build(values, new IndexOptions(Rebuild: true))).Rows);
    }

    [Fact]
    public async Task The_same_rows_give_the_same_file()
    {
        float[] values = Values(500, seed: 1);
        await Build(values);
        byte[] first = File.ReadAllBytes(SimilarityIndex.PathOf(Path));
        await Build(values, new IndexOptions(Rebuild: true));
        Assert.Equal(first, File.ReadAllBytes(SimilarityIndex.PathOf(Path)));
    }

    [Fact]
    public async Task An_index_of_other_rows_or_a_damaged_one_is_refused()
    {
        float[] values = Values(300, seed: 1);
        await Build(values);
        Write(values[..(299 * Dimensions)]);
        Assert.Contains("it is of 300 rows, and the file has 299", Refused(), StringComparison.Ordinal);
        Write(Values(300, seed: 9));
        using (EmbeddingsFile file = EmbeddingsFile.Open(Path))
        using (SimilarityIndex index = SimilarityIndex.Open(file)!)
        {
            MocoException error = Assert.Throws<MocoException>(() => index.Search(values.AsSpan(0, Dimensions), 3));
            Assert.Contains("it is of other rows than the file has now", error.Message, StringComparison.Ordinal);
        }
        Write(values);
        string graph = SimilarityIndex.PathOf(Path);
        byte[] bytes = File.ReadAllBytes(graph);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(graph, bytes);
        Assert.Contains("it is damaged", Refused(), StringComparison.Ordinal);
        Assert.Equal(ErrorIds.IndexDiffers, (await Assert.ThrowsAsync<MocoException>(() => Build(values))).Id);
        File.Delete(graph + ".rows");
        Assert.Contains("a.npy.usearch.rows is not there", Refused(), StringComparison.Ordinal);
        await Build(values);
        File.Delete(graph);
        using EmbeddingsFile without = EmbeddingsFile.Open(Path);
        Assert.Null(SimilarityIndex.Open(without));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Refused()
    {
        using EmbeddingsFile file = EmbeddingsFile.Open(Path);
        MocoException error = Assert.Throws<MocoException>(() => SimilarityIndex.Open(file));
        Assert.Equal(ErrorIds.IndexDiffers, error.Id);
        Assert.Contains("moco index", error.Fix, StringComparison.Ordinal);
        return error.Message;
    }

    private Task<IndexResult> Build(float[] values, IndexOptions? options = null)
    {
        Write(values);
        return EmbeddingIndex.UpdateAsync(Path, options, cancel: Cancel);
    }

    private void Write(float[] values) =>
        File.WriteAllBytes(Path, NpyBytes.Of("<f4", NpyBytes.Shape(values.Length / Dimensions, Dimensions), values));

    private static float[] Values(int rows, ulong seed)
    {
        Rng rng = Rng.For(seed);
        return [.. Enumerable.Range(0, rows * Dimensions).Select(_ => (float)rng.NextGaussian())];
    }
}
