using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Tests.Loading;

/// <summary>Reads whole epochs for the tests of the loader.</summary>
internal static class LoaderReading
{
    internal static readonly ViewRecipe DemoViews = ViewRecipes.CifarDemo(8);
    internal static readonly ViewRecipe Plain = ViewRecipe.Same(1, new ViewPipeline([new CenterFit(12)], ChannelStats.AsIs));

    internal static LoaderOptions Options(int batch = 4, int workers = 2) =>
        new() { BatchSize = batch, Workers = workers, Seed = 3, MaximumBadShare = 0.5f };

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static List<Copy> Read(ViewLoader loader, int epoch = 0, int firstBatch = 0, CancellationToken? cancel = null)
    {
        List<Copy> copies = [];
        foreach (ViewBatch batch in loader.Epoch(epoch, firstBatch, cancel ?? Cancel))
            using (batch)
                copies.Add(Copied(batch));
        return copies;
    }

    internal static Copy Copied(ViewBatch batch) => new(
        batch.Indices.ToArray(), batch.Labels.ToArray(), [.. Enumerable.Range(0, batch.Views).Select(view => batch.View(view).ToArray())]);

    internal static void AssertSame(List<Copy> expected, List<Copy> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((Copy one, Copy other) in expected.Zip(actual))
        {
            Assert.Equal(one.Indices, other.Indices);
            Assert.Equal(one.Labels, other.Labels);
            for (int view = 0; view < one.Views.Length; view++)
                Assert.True(one.Views[view].AsSpan().SequenceEqual(other.Views[view]), $"view {view} differs");
        }
    }

    internal sealed record Copy(int[] Indices, int[] Labels, float[][] Views);
}
