using MocoSharp.Cli.Output;
using MocoSharp.Torch;

namespace MocoSharp.Cli.Diagnostics;

/// <summary>Measures matrix products, which is what training spends its time on. Takes a second at most.</summary>
internal static class SpeedChecks
{
    private const int Side = 1024;
    private const double FlopsAProduct = 2.0 * Side * Side * Side, SlowShare = 1.5;
    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(400);

    internal static IEnumerable<Finding> Run(TimeProvider time)
    {
        double fp32 = Measure(DType.Float32, time), bf16 = Measure(DType.BFloat16, time);
        string text =
            $"bf16 {Numbers.Count((long)bf16)}, fp32 {Numbers.Count((long)fp32)} GFLOP/s ({Side} x {Side} products, {Runtime.Threads} "
            + $"threads)";
        yield return Kernels.HasBf16 && bf16 < SlowShare * fp32
            ? new("speed", Verdict.Slow, text,
            "bf16 should be several times faster here: look at other programs' load, or train with --set training.precision=fp32")
            : new("speed", Verdict.Good, text);
    }

    private static double Measure(DType type, TimeProvider time)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor left = Tensor.RandomNormal([Side, Side]).To(type), right = Tensor.RandomNormal([Side, Side]).To(type);
        double best = 0;
        long start = time.GetTimestamp();
        do
        {
            using TensorScope product = TensorScope.Begin();
            long before = time.GetTimestamp();
            left.MatMul(right);
            best = Math.Max(best, FlopsAProduct / 1e9 / Math.Max(time.GetElapsedTime(before).TotalSeconds, 1e-9));
        }
        while (time.GetElapsedTime(start) < s_budget);
        return best;
    }
}
