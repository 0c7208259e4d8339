namespace MocoSharp.Maps.Tests;

public sealed class ProcrustesTests
{
    [Theory, InlineData(0.0, 1), InlineData(2.1, 1), InlineData(-0.7, -1), InlineData(Math.PI, -1)]
    public void Turned_mirrored_and_moved_points_come_back(double angle, int mirror)
    {
        PointSet points = Made.Blobs(50, 2, 4);
        float[] moved = new float[100];
        for (int i = 0; i < 50; i++)
        {
            double x = mirror * points[i][0], y = points[i][1];
            moved[2 * i] = (float)(Math.Cos(angle) * x - Math.Sin(angle) * y + 3);
            moved[2 * i + 1] = (float)(Math.Sin(angle) * x + Math.Cos(angle) * y - 8);
        }
        PointSet back = Procrustes.Turn(new PointSet(moved, 2), points);
        for (int i = 0; i < 100; i++) Assert.Equal(points.Values.Span[i], back.Values.Span[i], 1e-4f);
    }

    [Fact]
    public void Distances_stay_and_no_turn_is_nearer()
    {
        PointSet points = Made.Blobs(40, 2, 3), onto = Made.Blobs(40, 2, 3, seed: 5);
        PointSet turned = Procrustes.Turn(points, onto);
        Assert.Equal(Apart(points[3], points[17]), Apart(turned[3], turned[17]), 1e-3);
        double best = Sum(turned, onto);
        foreach (double angle in new[] { -0.01, 0.01 })
        {
            (double X, double Y) middle =
                (Enumerable.Range(0, 40).Average(i => turned[i][0]), Enumerable.Range(0, 40).Average(i => turned[i][1]));
            PointSet other = new([.. Enumerable.Range(0, 40).SelectMany(i => Spun(turned[i], middle, angle))], 2);
            Assert.True(Sum(other, onto) > best);
        }
    }

    [Fact]
    public void Sets_that_do_not_belong_together_are_refused() => Assert.Equal(
        "3 points in 2 dimensions cannot be turned onto 4 in 2",
        Assert.Throws<MapException>(() => Procrustes.Turn(Made.Blobs(3, 2, 1), Made.Blobs(4, 2, 1))).Message);

    private static float[] Spun(ReadOnlySpan<float> point, (double X, double Y) middle, double angle)
    {
        double x = point[0] - middle.X, y = point[1] - middle.Y;
        return [(float)(middle.X + Math.Cos(angle) * x - Math.Sin(angle) * y),
            (float)(middle.Y + Math.Sin(angle) * x + Math.Cos(angle) * y)];
    }

    private static double Sum(PointSet one, PointSet other) =>
        Enumerable.Range(0, one.Count).Sum(i => Math.Pow(Apart(one[i], other[i]), 2));

    private static double Apart(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        Math.Sqrt(Math.Pow(a[0] - b[0], 2) + Math.Pow(a[1] - b[1], 2));
}
