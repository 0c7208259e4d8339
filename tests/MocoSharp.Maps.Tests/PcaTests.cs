using System.Text.Json;

namespace MocoSharp.Maps.Tests;

public sealed class PcaTests
{
    [Fact]
    public void Directions_variances_and_places_are_those_of_scikit_learn()
    {
        JsonElement golden = Made.Golden("sklearn");
        PointSet points = new(golden.Floats("points"), golden.GetProperty("dimensions").GetInt32());
        Pca pca = Pca.Fit(points, 2, threads: 2);
        Assert.True(pca.IsConverged);
        Close(golden.Floats("directions"), pca.Directions.Values.ToArray(), 1e-4f);
        Close(golden.Floats("variances"), [.. pca.Variances.Select(static value => (float)value)], 1e-3f);
        Close(golden.Floats("places"), pca.Transform(points).Values.ToArray(), 2e-3f);
    }

    [Fact]
    public void Points_on_a_line_have_one_direction()
    {
        Pca pca = Pca.Fit(new PointSet([0, 0, 3, 4, 6, 8], 2), 2);
        Assert.Equal([0.6f, 0.8f], pca.Directions[0].ToArray().Select(static value => MathF.Round(value, 5)));
        Assert.Equal(25, pca.Variances[0], 1e-4);
        Assert.Equal(0, pca.Variances[1], 1e-4);
        Assert.Equal(25, pca.TotalVariance, 1e-9);
    }

    private static void Close(float[] expected, float[] actual, float allowed)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], allowed);
    }
}
