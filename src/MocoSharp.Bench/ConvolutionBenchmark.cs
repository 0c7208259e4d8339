using MocoSharp.Methods;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Bench;

/// <summary>One direction of a convolution.</summary>
/// <param name="Milliseconds">The best of a few runs.</param>
/// <param name="Gflops">Multiplications and additions by the definition, in billions a second.</param>
/// <param name="CeilingShare">Of what the machine multiplies at best in this type; above 1 where Winograd leaves products out.</param>
public sealed record DirectionSpeed(double Milliseconds, double Gflops, double CeilingShare);

/// <summary>A shape of convolution and what its directions cost; null where it was not timed, and for the input gradient of the pictures,
/// which a step does not compute.</summary>
/// <param name="Shape">Channels and side in, channels out, kernel, stride, groups.</param>
/// <param name="Count">Layers of this shape in the network.</param>
/// <param name="Gflop">One direction's work for a batch.</param>
/// <param name="StepGflop">All these layers' work in a step: two forward passes and the gradients.</param>
/// <param name="Forward">y from x.</param>
/// <param name="InputGradient">x's gradient from y's.</param>
/// <param name="WeightGradient">The weights' gradient from x and y's.</param>
public sealed record ConvolutionSpeed(string Shape, int Count, double Gflop, double StepGflop, DirectionSpeed? Forward,
    DirectionSpeed? InputGradient, DirectionSpeed? WeightGradient);

/// <summary>Times each convolution of a network by itself, with the network's own shapes and the kernels that the step chose.</summary>
public static class ConvolutionBenchmark
{
    private const int Repeats = 5;
    private const double Backwards = 2, Forwards = 2;      // a step's passes forward: query and key

    private sealed record Found(Conv2d Layer, Tensor X, Tensor Y);

    /// <summary>Runs it.</summary>
    /// <param name="method">Whose network; left in training mode.</param>
    /// <param name="pictures">A batch in the type to time.</param>
    /// <param name="timed">Whether to time the layers, or only to count their work.</param>
    /// <param name="ceiling">GFLOP/s that shares are of.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops between layers.</param>
    public static IReadOnlyList<ConvolutionSpeed> Run(Method method, Tensor pictures, bool timed, double ceiling, TimeProvider time,
        CancellationToken cancel = default)
    {
        using TensorScope scope = TensorScope.Begin();
        List<Found> found = [];
        method.Train(false);
        try
        {
            using (GradMode.Off())
                LayerTrace.Run(() => method.Project(pictures), (layer, x, y) =>
                    { if (layer is Conv2d conv) found.Add(new Found(conv, Kept(x), Kept(y))); });
            method.Train(true);
            List<ConvolutionSpeed> speeds = [];
            foreach (IGrouping<string, Found> shape in found.GroupBy(static f => Shape(f)))
            {
                cancel.ThrowIfCancellationRequested();
                speeds.Add(Measure(shape.Key, shape.Count(), shape.First(), isFirst: shape.First() == found[0], timed, ceiling, time));
            }
            return speeds;
        }
        finally
        {
            foreach (Found one in found)
            {
                one.X.Dispose();
                one.Y.Dispose();
            }
        }
    }

    // the network frees its maps as it goes on
    private static Tensor Kept(Tensor map) => map.Detach().DetachFromScope();

    private static string Shape(Found f)
    {
        (Tensor x, Tensor y, Tensor weight) = (f.X, f.Y, f.Layer.Weight);
        long groups = x.Size(1) / weight.Size(1);
        return $"{x.Size(1)} x {x.Size(2)} px to {y.Size(1)} x {y.Size(2)} px, "
            + $"{weight.Size(2)}x{weight.Size(3)}{(groups > 1 ? $", {groups} groups" : "")}";
    }

    private static ConvolutionSpeed Measure(string name, int count, Found f, bool isFirst, bool timed, double ceiling, TimeProvider time)
    {
        double gflop = 2e-9 * f.Y.ElementCount * f.Layer.Weight.ElementCount / f.Layer.Weight.Size(0);
        double step = count * gflop * (Forwards + Backwards) - (isFirst ? gflop : 0);
        if (!timed) return new ConvolutionSpeed(name, count, gflop, step, null, null, null);
        using TensorScope scope = TensorScope.Begin();
        Tensor x = f.X.Detach(), up = Tensor.RandomNormal(f.Y.Shape).To(f.Y.DType).Contiguous(MemoryFormat.ChannelsLast),
            weight = f.Layer.Weight;
        DirectionSpeed Speed(double seconds) => new(1000 * seconds, gflop / seconds, ceiling > 0 ? gflop / seconds / ceiling : 0);
        double Backward(bool input)
        {
            weight.RequiresGrad = !input;
            x.RequiresGrad = input;
            Tensor y = f.Layer.Forward(x);
            long start = time.GetTimestamp();
            y.Backward(up);
            double seconds = time.GetElapsedTime(start).TotalSeconds;
            x.Grad = null;
            weight.Grad = null;
            return seconds;
        }

        double Forward()
        {
            using GradMode off = GradMode.Off();
            long start = time.GetTimestamp();
            f.Layer.Forward(x);
            return time.GetElapsedTime(start).TotalSeconds;
        }

        DirectionSpeed forward = Speed(Best(Forward)), weights = Speed(Best(() => Backward(input: false)));
        DirectionSpeed? inputs = isFirst ? null : Speed(Best(() => Backward(input: true)));
        weight.RequiresGrad = true;
        return new ConvolutionSpeed(name, count, gflop, step, forward, inputs, weights);
    }

    /// <summary>The first run, which may choose kernels, does not count.</summary>
    private static double Best(Func<double> run)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i <= Repeats; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            double seconds = run();
            if (i > 0) best = Math.Min(best, seconds);
        }
        return best;
    }
}
