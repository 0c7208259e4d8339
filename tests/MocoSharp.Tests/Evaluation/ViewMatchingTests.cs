using MocoSharp.Evaluation;
using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

public class ViewMatchingTests
{
    private static readonly FeatureSet s_first = Set(1, 0, 0, 1, -1, 0, 0, -1);

    [Fact]
    public void The_nearest_row_of_each_other_view_is_compared_with_the_scenes_own() =>
        Assert.Equal([(1, 100), (2, 75), (3, 0)],
            ViewMatching.Of([s_first, Set(0.8f, 0.6f, -0.6f, 0.8f, -0.8f, -0.6f, 0.6f, -0.8f), Set(1, 0, 0, 1, -1, 0, 0.8f, 0.6f),
            Set(0, 1, 1, 0, 0, -1, -1, 0)]));

    [Fact]
    public void Features_that_have_collapsed_find_what_guessing_finds() =>
        Assert.Equal([(1, 25)], ViewMatching.Of([s_first, Set(1, 0, 1, 0, 1, 0, 1, 0)]));

    [Fact]
    public void A_view_that_is_the_first_one_again_is_left_out() => Assert.Empty(ViewMatching.Of([s_first, s_first with { }]));

    private static FeatureSet Set(params float[] values) => new(values, 2, [-1, -1, -1, -1], []);
}
