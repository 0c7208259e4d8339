using System.Text.Json;

namespace MocoSharp.Maps.Tests;

public sealed class DistanceCurveTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void The_fit_is_that_of_umap_learn(int which)
    {
        JsonElement expected = Made.Golden("umap").GetProperty("curves")[which];
        DistanceCurve curve = DistanceCurve.Fit(expected.Number("minDistance"), expected.Number("spread"));
        Assert.Equal(expected.Number("a"), curve.A, 1e-4);
        Assert.Equal(expected.Number("b"), curve.B, 1e-4);
    }
}
