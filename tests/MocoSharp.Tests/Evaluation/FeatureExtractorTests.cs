using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Tests.Evaluation;

public sealed class FeatureExtractorTests : TensorTest
{
    // a training's kNN tests: arrays of each would lie for an hour beside a gigabyte of pictures
    [Fact]
    public void Features_of_as_many_numbers_take_the_memory_of_those_that_nobody_reads_any_more()
    {
        using TinySource source = new(12, seed: 9);
        FeatureExtractor extractor = new(new DataSettings(), new ViewPipeline([new CenterFit(8, Share: 1)], ChannelStats.Half),
            Compute.WithoutNetwork);
        FeatureSet Features(int dimensions, FeatureSet? used, double factor) =>
            extractor.Extract(source, x => x.Flatten(1).Narrow(1, 0, dimensions) * factor, used,
                cancel: TestContext.Current.CancellationToken);
        FeatureSet first = Features(5, used: null, factor: 1);
        float[] before = [.. first.Values];
        FeatureSet second = Features(5, first, factor: 2), narrower = Features(4, second, factor: 2);
        Assert.Same(first.Values, second.Values);
        Assert.Equal(before.Select(static x => 2 * x), second.Values);
        Assert.NotSame(second.Values, narrower.Values);
    }
}
