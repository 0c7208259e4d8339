namespace MocoSharp.Maps;

/// <summary>Lays one set of points on another as well as turning, mirroring and moving can.</summary>
/// <remarks>Schönemann 1966's orthogonal problem in the plane, where the angle has a closed form. Distances stay.</remarks>
public static class Procrustes
{
    /// <summary>Turns a map onto another of the same points.</summary>
    /// <param name="points">[N, 2].</param>
    /// <param name="onto">[N, 2], row by row where each of them should lie.</param>
    /// <returns>[N, 2] at the least sum of squared distances to <paramref name="onto"/>.</returns>
    /// <exception cref="MapException">MS8003: they differ in number, or are not in the plane.</exception>
    public static PointSet Turn(PointSet points, PointSet onto)
    {
        if (points.Count != onto.Count || points.Dimensions != 2 || onto.Dimensions != 2)
        {
            throw new MapException(ErrorIds.OtherSet,
                $"{points.Count} points in {points.Dimensions} dimensions cannot be turned onto {onto.Count} in {onto.Dimensions}",
                "pass two maps of the same points in the plane");
        }
        if (points.Count == 0) return points;
        (double X, double Y) own = Center(points), other = Center(onto);
        Turning plain = Turning.Of(points, own, onto, other, mirror: 1), mirrored = Turning.Of(points, own, onto, other, mirror: -1);
        Turning best = mirrored.Gain > plain.Gain ? mirrored : plain;
        float[] turned = new float[points.Count * 2];
        for (int row = 0; row < points.Count; row++)
        {
            double x = best.Mirror * (points[row][0] - own.X), y = points[row][1] - own.Y;
            turned[2 * row] = (float)(best.Cosine * x - best.Sine * y + other.X);
            turned[2 * row + 1] = (float)(best.Sine * x + best.Cosine * y + other.Y);
        }
        return new PointSet(turned, 2);
    }

    private static (double X, double Y) Center(PointSet points)
    {
        double x = 0, y = 0;
        for (int row = 0; row < points.Count; row++) (x, y) = (x + points[row][0], y + points[row][1]);
        return (x / points.Count, y / points.Count);
    }

    /// <summary>An angle, and what it gains: the sum over all points of the products of turned and wanted places.</summary>
    private readonly record struct Turning(double Cosine, double Sine, int Mirror, double Gain)
    {
        internal static Turning Of(PointSet points, (double X, double Y) own, PointSet onto, (double X, double Y) other, int mirror)
        {
            double along = 0, across = 0;
            for (int row = 0; row < points.Count; row++)
            {
                double x = mirror * (points[row][0] - own.X), y = points[row][1] - own.Y;
                double u = onto[row][0] - other.X, v = onto[row][1] - other.Y;
                along += x * u + y * v;
                across += x * v - y * u;
            }
            double gain = Math.Sqrt(along * along + across * across);
            return gain == 0 ? new Turning(1, 0, mirror, 0) : new Turning(along / gain, across / gain, mirror, gain);
        }
    }
}
