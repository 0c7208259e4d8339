using MocoSharp.Evaluation;

namespace MocoSharp.Tests.Evaluation;

public class ViewMatchingTests
{
    [Fact]
    public void A_view_finds_itself_and_three_of_four_after_one_row_was_spoilt()
    {
        FeatureSet view = Set(1, 0, 0, 1, -1, 0, 0, -1);
        Assert.Equal(100, ViewMatching.Top1(view, view));
        Assert.Equal(75, ViewMatching.Top1(view, Set(1, 0, 0, 1, -1, 0, 0.8f, 0.6f)));
        Assert.Equal(0, ViewMatching.Top1(view, Set(0, 1, 1, 0, 0, -1, -1, 0)));
    }

    [Fact]
    public void Features_that_have_collapsed_find_what_guessing_finds() =>
        Assert.Equal(25, ViewMatching.Top1(Set(1, 0, 1, 0, 1, 0, 1, 0), Set(1, 0, 1, 0, 1, 0, 1, 0)));

    private static FeatureSet Set(params float[] values) => new(values, 2, [-1, -1, -1, -1], []);
}
