namespace MocoSharp.Maps.Tests;

public sealed class PointSetTests
{
    [Theory, InlineData(float.NaN, "NaN"), InlineData(float.PositiveInfinity, "Infinity")]
    public void What_is_no_number_is_named_by_its_row(float value, string text)
    {
        MapException error = Assert.Throws<MapException>(() => new PointSet([1, 2, 3, 4, 5, value], 3));
        Assert.Equal((ErrorIds.BadValues, $"row 1 holds {text} at dimension 2"), (error.Id, error.Message));
    }

    [Fact]
    public void Values_fill_whole_rows()
    {
        MapException error = Assert.Throws<MapException>(() => new PointSet(new float[7], 3));
        Assert.Equal("7 values do not fill rows of 3 dimensions", error.Message);
        Assert.Equal(0, new PointSet([], 3).Count);
    }
}
