using Interval = MocoSharp.Imaging.Augment.Range;

namespace MocoSharp.Imaging.Tests;

public sealed class BoundsTests
{
    private static readonly BoundsAttribute s_share = new(0, 1), s_above = new(0, 2) { ExceptLeast = true },
        s_below = new(0, 1) { ExceptMost = true }, s_count = new(1, int.MaxValue);

    [Theory]
    [InlineData(0.0, true), InlineData(1.0, true), InlineData(1.0000001, false), InlineData(-0.1, false), InlineData(double.NaN, false),
        InlineData(double.PositiveInfinity, false)]
    [InlineData(0, true), InlineData(2, false), InlineData(0.01f, true), InlineData(float.NaN, false), InlineData(null, true),
        InlineData(ulong.MaxValue, false)]
    [InlineData(new[] { 0f, 1f }, true), InlineData(new[] { 0f, 1.5f }, false), InlineData(new int[0], true)]
    public void A_number_lies_within_or_not_and_no_number_lies_nowhere(object? value, bool isWithin) =>
        Assert.Equal(isWithin, s_share.Hold(value));

    [Fact]
    public void An_end_may_be_left_out()
    {
        Assert.Equal((false, true, true), (s_above.Hold(0), s_above.Hold(double.Epsilon), s_above.Hold(2)));
        Assert.Equal((true, false), (s_below.Hold(0), s_below.Hold(1)));
    }

    [Fact]
    public void A_bound_means_the_nearest_float_where_floats_are_checked() =>
        Assert.True(new BoundsAttribute(0.01, 0.1).Hold(0.01f) && new BoundsAttribute(0.01, 0.1).Hold(0.1f));

    [Fact]
    public void An_interval_lies_within_by_both_ends_and_has_the_lower_first()
    {
        Assert.True(s_share.Hold(new Interval(0.2f, 1)));
        Assert.False(s_share.Hold(new Interval(0.2f, 1.1f)));
        Assert.False(s_share.Hold(new Interval(1, 0.2f)));
        Assert.False(s_share.Hold(new Interval(float.NaN, 1)));
    }

    [Fact]
    public void What_it_takes_is_said_in_words()
    {
        Assert.Equal("a number from 0 to 1", s_share.Takes(typeof(double)));
        Assert.Equal("numbers above 0 and up to 2", s_above.Takes(typeof(IReadOnlyList<int>)));
        Assert.Equal("two numbers, the lower first, from 0 to below 1", s_below.Takes(typeof(Interval)));
        Assert.Equal("a number above 0 and below 1",
            new BoundsAttribute(0, 1) { ExceptLeast = true, ExceptMost = true }.Takes(typeof(double)));
        Assert.Equal("a number of 1 or more", s_count.Takes(typeof(int)));
        Assert.Equal("a number from 0.000001 to 0.5", new BoundsAttribute(0.000001, 0.5).Takes(typeof(float)));
    }

    [Fact]
    public void What_is_out_of_bounds_is_found_by_its_path_in_records_and_lists_of_records()
    {
        Assert.Null(Bounds.Broken(new Whole(1, [new(0.5), new(1)])));
        Assert.Equal(new OutOfBounds("parts.1.share", 1.5, "a number from 0 to 1"), Bounds.Broken(new Whole(1, [new(0.5), new(1.5)])));
        Assert.Equal("count", Bounds.Broken(new Whole(0, []))!.Path);
    }

    public sealed record Part([Bounds(0, 1)] double Share);

    public sealed record Whole([Bounds(1, 9)] int Count, IReadOnlyList<Part> Parts, Part? Other = null, string Text = "");
}
