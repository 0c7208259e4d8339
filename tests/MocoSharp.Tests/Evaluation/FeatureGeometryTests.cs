using System.Text.Json;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Evaluation;

public sealed class FeatureGeometryTests : TensorTest
{
    private const int Count = 60, Dimensions = 6;

    [Theory, InlineData("full"), InlineData("flat"), InlineData("noisy")]
    public void Figures_are_those_of_the_papers_code(string name)
    {
        JsonElement file = Golden.Open("feature_geometry"), expected = file.GetProperty("cases").Named(name);
        int count = file.Whole("count"), dimensions = file.Whole("dim"), rank = expected.Whole("rank");
        Tensor plain = Fill.Inputs($"geometry.{name}.rows", count, rank)
            .MatMul(Fill.Inputs($"geometry.{name}.directions", rank, dimensions));
        FeatureSet[] views = [.. Enumerable.Range(0, 2).Select(view => Set((plain
            + Fill.Inputs($"geometry.{name}.view{view}", count, dimensions) * expected.Number("noise")).ToArray<float>(), dimensions))];
        FeatureGeometry geometry = FeatureGeometry.Of(views[0], views[1], Set(plain.ToArray<float>(), dimensions), name);
        Assert.Equal(expected.Number("alignment"), geometry.Alignment, tolerance: 1e-5);
        Assert.Equal(expected.Number("uniformity"), geometry.Uniformity, tolerance: 1e-5);
        Assert.Equal(expected.Number("effectiveRank"), geometry.EffectiveRank, tolerance: 1e-4);
        Assert.Equal(expected.Number("negativeMean"), geometry.Negatives.Mean, tolerance: 1e-5);
        Assert.Equal(expected.Number("spread"), geometry.Spread, tolerance: 1e-5);
        Assert.Equal(expected.Number("separation"), geometry.Separation, tolerance: 1e-4);
        Assert.Equal(name == "flat" ? Collapse.Dimensional : Collapse.None, geometry.Collapse);
    }

    [Fact]
    public void Orthogonal_features_have_full_rank_and_one_point_has_none()
    {
        float[] axes = new float[Dimensions * Dimensions];
        for (int i = 0; i < Dimensions; i++) axes[i * Dimensions + i] = 3;
        FeatureGeometry even = Of(Set(axes, Dimensions));
        Assert.Equal(Dimensions, even.EffectiveRank, tolerance: 1e-4);
        Assert.Equal(0, even.Alignment, tolerance: 1e-6);
        Assert.Equal(-4, even.Uniformity, tolerance: 1e-6);        // all pairs are the root of 2 apart
        FeatureGeometry point = Of(Set([.. Enumerable.Range(0, Count * Dimensions).Select(static i => 1f + i % Dimensions)], Dimensions));
        Assert.Equal(Collapse.Complete, point.Collapse);
        Assert.Equal(1, point.EffectiveRank, tolerance: 1e-3);
        Assert.Equal(0, point.Uniformity, tolerance: 1e-5);
        Assert.Equal(0, point.Spread, tolerance: 1e-5);
        Assert.Equal(0.5, point.Separation);
    }

    [Fact]
    public void Scale_and_order_of_pictures_do_not_matter()
    {
        FeatureSet rows = Random(1), other = Random(2);
        FeatureGeometry one = FeatureGeometry.Of(rows, other, rows, "backbone");
        int[] order = [.. Enumerable.Range(0, Count).Reverse()];
        FeatureSet Scaled(FeatureSet set) => Set([.. set.Take(order).Values.Select(static value => 8 * value)], Dimensions);
        FeatureGeometry same = FeatureGeometry.Of(Scaled(rows), Scaled(other), Scaled(rows), "backbone");
        Assert.Equal(one.Alignment, same.Alignment, tolerance: 1e-6);
        Assert.Equal(one.Uniformity, same.Uniformity, tolerance: 1e-6);
        Assert.Equal(one.EffectiveRank, same.EffectiveRank, tolerance: 1e-6);
        Assert.Equal(one.Negatives.Bins, same.Negatives.Bins);
        Assert.Equal(Count * (Count - 1) / 2, one.Negatives.Count);
        Assert.Equal(Count, one.Positives.Bins.Sum());
    }

    [Fact]
    public void Sets_that_do_not_fit_together_are_refused()
    {
        MocoException error = Assert.Throws<MocoException>(() =>
            FeatureGeometry.Of(Random(1), Random(2).Take([0, 1]), Random(1), "backbone"));
        Assert.Equal(ErrorIds.FeatureShape, error.Id);
        Assert.Contains("60, 2 and 60 pictures", error.Message, StringComparison.Ordinal);
        FeatureSet single = Random(1).Take([3]);
        Assert.Throws<MocoException>(() => Of(single));
    }

    private static FeatureGeometry Of(FeatureSet set) => FeatureGeometry.Of(set, set, set, "backbone");

    private static FeatureSet Random(ulong seed)
    {
        Rng rng = Rng.For(seed);
        float[] values = new float[Count * Dimensions];
        for (int i = 0; i < values.Length; i++) values[i] = rng.NextInt32(2001) / 1000f - 1;
        return Set(values, Dimensions);
    }

    private static FeatureSet Set(float[] values, int dimensions) =>
        new(values, dimensions, [.. Enumerable.Repeat(-1, values.Length / dimensions)], []);
}
