using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

/// <summary>This library's own operators beside libtorch's, and which of them is used where.</summary>
public static class Kernels
{
    private const long SurelyOneDnn = 1 << 16;          // multiplications; few enough that fp32 costs nothing
    private static readonly Op s_sgd = new("mocosharp::sgd_step_"), s_adam = new("mocosharp::adam_step_"), s_lerp = new("mocosharp::lerp_"),
        s_choices = new("mocosharp::conv_choices"), s_setChoices = new("mocosharp::set_conv_choices"), s_mode = new("mocosharp::conv_mode"),
            s_setMode = new("mocosharp::set_conv_mode"),
        s_level = new("mocosharp::level"), s_machineLevel = new("mocosharp::machine_level"), s_setLevel = new("mocosharp::set_level"),
        s_setCache = new("mocosharp::set_conv_cache"), s_cacheProblem = new("mocosharp::conv_cache_problem"),
            s_ceiling = new("mocosharp::ceiling"),
        s_route = new("mocosharp::conv_library_route");

    /// <summary>Which kernel runs which convolution, as JSON: direction and shape to implementation. Measured once a shape and then
    /// kept.</summary>
    /// <remarks>Kernels differ in the last bits: a run saves its choices, and a resumed run sets them before its first step.</remarks>
    public static string Choices
    {
        get => s_choices.CallText();
        set => s_setChoices.Run(value);
    }

    /// <summary>The implementation that runs every convolution whose shape it takes, with libtorch for the others: <c>library</c> (libtorch
    /// alone), <c>tiles</c> (bf16, with AMX or AVX-512's bf16 products), <c>columns</c> (fp32), <c>winograd</c> (tiles of 2 x 2; fp32, and
    /// bf16 without AMX) or <c>winograd4</c> (tiles of 4 x 4; fp32); <c>auto</c> for the fastest, measured at
    /// first use and kept in <see cref="KernelCache"/>.</summary>
    /// <remarks>It starts as the environment's <c>MOCOSHARP_CONVOLUTIONS</c>, <c>auto</c> without.</remarks>
    /// <exception cref="TorchException">It is none of these.</exception>
    public static string Convolutions
    {
        get => s_mode.CallText();
        set => s_setMode.Run(value);
    }

    /// <summary>Levels of processors that kernels are written for, each with what the ones before it have.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["avx2", "avx512", "avx512bf16", "amx"];

    /// <summary>What this machine has of <see cref="Levels"/>; <c>none</c> below the first.</summary>
    public static string MachineLevel => s_machineLevel.CallText();

    /// <summary>The level at which kernels of this library run: the machine's or one below it, for tests. <c>auto</c> sets that of the
    /// start again.</summary>
    /// <remarks>It starts as the environment's <c>MOCOSHARP_LEVEL</c>, which then bounds libtorch's oneDNN and vector kernels too; a level
    /// that is set later does not reach them.</remarks>
    /// <exception cref="TorchException">The level has another name, or is above the machine's.</exception>
    public static string Level
    {
        get => s_level.CallText();
        set
        {
            s_setLevel.Run(value);
            s_hasBf16 = null;
        }
    }

    /// <summary>Whether bf16 is multiplied faster than fp32 here: <see cref="Level"/> has AMX tiles or AVX-512's bf16 products. Without,
    /// convolutions and matrix products of bf16 are computed in fp32.</summary>
    public static bool HasBf16 => s_hasBf16 ??= Level is "avx512bf16" or "amx";

    private static bool? s_hasBf16;

    /// <summary>Whether libtorch's sums over such a tensor are not to be trusted: without the processor's bf16 products they are taken in
    /// bf16, where a sum of ones ends at 256.</summary>
    internal static bool NeedsFloat(Tensor operand) => operand.DType == DType.BFloat16 && operand.Device.IsCpu && !HasBf16;

    /// <summary>The same of a matrix product. oneDNN, which takes its sums in fp32, gets only products of more than 16 x 16 x 16
    /// multiplications.</summary>
    internal static bool ProductNeedsFloat(Tensor left, Tensor right) => left.DType == DType.BFloat16 && left.Device.IsCpu
        && (!HasBf16 || left.ElementCount * (right.Shape.Length > 1 ? right.Shape[^1] : 1) < SurelyOneDnn);

    /// <summary>Why the last measured choice could not be written to the cache file; null where all were.</summary>
    internal static string? CacheProblem => s_cacheProblem.CallText() is { Length: > 0 } problem ? problem : null;

    /// <summary>How libtorch would be asked for a convolution's <c>forward</c>, <c>input</c> gradient or <c>weight</c> gradient:
    /// <c>as_it_is</c>, or by a way round what it does wrong.</summary>
    internal static string LibraryRoute(string direction, Tensor x, Tensor weight, int stride, int padding, int groups = 1) =>
        s_route.CallText(direction, x, weight, Value.Ints(stride, stride), Value.Ints(padding, padding), groups);

    /// <summary>The file to keep measured choices in; none with an empty path.</summary>
    internal static void SetCache(string path, string header) => s_setCache.Run(path, header);

    /// <summary>What all threads together multiply at best, in GFLOP/s, on numbers that never leave the L1 cache; 0 where there are no
    /// products of the type. Takes 0.1 s.</summary>
    /// <param name="type"><see cref="DType.BFloat16"/> or <see cref="DType.Float32"/>.</param>
    public static double Ceiling(DType type) => s_ceiling.CallNumber(type == DType.BFloat16 ? "bf16" : "fp32");

    /// <summary>follower ← m · follower + (1 − m) · leader, fp32, in place.</summary>
    public static void MoveTowards(Tensor follower, Tensor leader, double momentum) => s_lerp.Run(follower, leader, momentum);

    /// <summary>One SGD update in one pass; the gradients become 0.</summary>
    internal static void SgdStep(Tensor weights, Tensor gradients, Tensor velocity, double rate, double momentum, double decay,
        bool nesterov) =>
        s_sgd.Run(weights, gradients, velocity, rate, momentum, 0.0, decay, nesterov, false, true);

    /// <summary>One Adam update in one pass (AdamW's when decoupled); the gradients become 0. Steps count from 1.</summary>
    internal static void AdamStep(
        Tensor weights, Tensor gradients, Tensor mean, Tensor square, double rate, double beta1, double beta2, double epsilon, double decay,
        bool decoupled, long step) =>
        s_adam.Run(weights, gradients, mean, square, rate, beta1, beta2, epsilon, decay, decoupled, step, true);
}
