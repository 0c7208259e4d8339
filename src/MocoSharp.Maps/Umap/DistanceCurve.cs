namespace MocoSharp.Maps;

/// <summary>How near two points of a map count by their distance d: 1 / (1 + a d^(2b)), fitted to 1 up to the least distance and an
/// exponential fall beyond.</summary>
/// <param name="A">a</param>
/// <param name="B">b</param>
internal readonly record struct DistanceCurve(double A, double B)
{
    private const int Samples = 300, Steps = 200;

    /// <summary>The least squares fit, by Levenberg and Marquardt's method.</summary>
    internal static DistanceCurve Fit(double minDistance, double spread)
    {
        double a = 1, b = 1, damping = 1e-3, error = Error(a, b, minDistance, spread);
        for (int step = 0; step < Steps; step++)
        {
            (double stepA, double stepB) = Step(a, b, damping, minDistance, spread);
            double tried = a + stepA > 0 && b + stepB > 0 ? Error(a + stepA, b + stepB, minDistance, spread) : double.PositiveInfinity;
            if (tried < error)
            {
                (a, b, error, damping) = (a + stepA, b + stepB, tried, damping / 10);
            }
            else damping *= 10;
            if (damping > 1e12 || Math.Abs(stepA) + Math.Abs(stepB) < 1e-14 * (a + b)) break;
        }
        return new DistanceCurve(a, b);
    }

    private static (double X, double Y) Sample(int i, double minDistance, double spread)
    {
        double x = 3 * spread * i / (Samples - 1);
        return (x, x < minDistance ? 1 : Math.Exp(-(x - minDistance) / spread));
    }

    private static double Error(double a, double b, double minDistance, double spread)
    {
        double sum = 0;
        for (int i = 0; i < Samples; i++)
        {
            (double x, double y) = Sample(i, minDistance, spread);
            double difference = 1 / (1 + a * Math.Pow(x, 2 * b)) - y;
            sum += difference * difference;
        }
        return sum;
    }

    private static (double A, double B) Step(double a, double b, double damping, double minDistance, double spread)
    {
        double aa = 0, ab = 0, bb = 0, ra = 0, rb = 0;
        for (int i = 1; i < Samples; i++)                 // at 0 the curve is 1 whatever a and b
        {
            (double x, double y) = Sample(i, minDistance, spread);
            double power = Math.Pow(x, 2 * b), value = 1 / (1 + a * power);
            double byA = -power * value * value, byB = -2 * a * power * Math.Log(x) * value * value, rest = y - value;
            (aa, ab, bb, ra, rb) = (aa + byA * byA, ab + byA * byB, bb + byB * byB, ra + byA * rest, rb + byB * rest);
        }
        (aa, bb) = (aa * (1 + damping), bb * (1 + damping));
        double determinant = aa * bb - ab * ab;
        return ((bb * ra - ab * rb) / determinant, (aa * rb - ab * ra) / determinant);
    }
}
