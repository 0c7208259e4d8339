using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

/// <summary>Operators that read better as functions. Meant for <c>using static</c>.</summary>
public static class Functional
{
    private static readonly Op s_crossEntropy = new("aten::cross_entropy_loss"), s_conv2d = new("mocosharp::conv2d"),
        s_conv2dFork = new("mocosharp::conv2d_fork"), s_conv2dMoments = new("mocosharp::conv2d_moments"),
        s_conv2dNorm = new("mocosharp::conv2d_norm_act"), s_normConv2d = new("mocosharp::norm_conv2d"),
        s_linear = new("aten::linear"), s_relu = new("aten::relu"),
        s_batchNormActivation = new("mocosharp::batch_norm_act"), s_batchNormMoments = new("mocosharp::batch_norm_act", "moments"),
            s_maxPool = new("mocosharp::max_pool2d"), s_mirrorPad = new("mocosharp::mirror_pad2d"), s_avgPool = new("aten::avg_pool2d"),
        s_adaptiveAvgPool = new("aten::adaptive_avg_pool2d"), s_norm = new("aten::linalg_vector_norm"),
        s_clampMin = new("aten::clamp_min"), s_amax = new("aten::amax"),
        s_silu = new("aten::silu"), s_sigmoid = new("aten::sigmoid"), s_pad = new("aten::constant_pad_nd"),
        s_softplus = new("aten::softplus"), s_tanh = new("aten::tanh"), s_layerNorm = new("aten::layer_norm"),
            s_unfold = new("aten::unfold"), s_reflectionPad = new("aten::reflection_pad2d"),
        s_bilinear = new("aten::upsample_bilinear2d"), s_bicubic = new("aten::_upsample_bicubic2d_aa"), s_gelu = new("aten::gelu");

    /// <summary>Runs the work without recording a graph; its temporaries are freed, its result is a constant.</summary>
    public static Tensor NoGrad(Func<Tensor> work)
    {
        using GradMode off = GradMode.Off();
        return TensorScope.Keep(work);
    }

    /// <summary>Rows of unit Euclidean length (dimension 1); a row shorter than 1e-12 is divided by 1e-12.</summary>
    /// <param name="x">[N, D].</param>
    public static Tensor Normalize(Tensor x) => x / s_clampMin.Call(s_norm.Call(x, 2.0, Value.Ints(1), true), 1e-12);

    /// <summary>Matrix product.</summary>
    public static Tensor MatMul(Tensor left, Tensor right) => left.MatMul(right);

    /// <summary>Joined along one dimension.</summary>
    public static Tensor Cat(IReadOnlyList<Tensor> tensors, int dim) => Tensor.Cat(tensors, dim);

    /// <summary>−ln softmax(logits)[label], the mean over the batch, in nats.</summary>
    /// <param name="logits">[N, C].</param>
    /// <param name="labels">[N], Int64, 0 … C − 1.</param>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels) => s_crossEntropy.Call(logits, labels);

    /// <summary>max(0, x).</summary>
    public static Tensor Relu(Tensor x) => s_relu.Call(x);

    /// <summary>x Wᵀ + b.</summary>
    /// <param name="x">[N, In].</param>
    /// <param name="weight">[Out, In].</param>
    /// <param name="bias">[Out], or null.</param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias) => Kernels.NeedsFloat(x)
        ? s_linear.Call(x.To(DType.Float32), weight.To(DType.Float32), bias?.To(DType.Float32)).To(x.DType)
        : s_linear.Call(x, weight, bias);

    /// <summary>Two-dimensional convolution (cross-correlation).</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">[Out, C / groups, kH, kW], fp32; a bf16 x is convolved in bf16, and the weight's gradient stays fp32.</param>
    /// <param name="bias">[Out], or null.</param>
    /// <param name="stride">Step in pixels.</param>
    /// <param name="padding">Zeros around the picture, in pixels.</param>
    /// <param name="groups">Blocks of channels that do not see each other.</param>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int groups = 1) =>
        Conv2d(x, weight, bias, (stride, stride), (padding, padding), groups);

    /// <summary>The same with a step and a border of its own for rows and for columns.</summary>
    /// <inheritdoc cref="Conv2d(Tensor, Tensor, Tensor?, int, int, int)"/>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias, (int Rows, int Columns) stride, (int Rows, int Columns) padding,
        int groups = 1) =>
        s_conv2d.Call(x, weight, bias, Value.Ints(stride.Rows, stride.Columns), Value.Ints(padding.Rows, padding.Columns), groups);

    /// <summary>A convolution, and its input again for a second user such as a block's shortcut: one pass sums both gradients of the
    /// input.</summary>
    internal static (Tensor Output, Tensor Input) Conv2dFork(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int groups) =>
        s_conv2dFork.CallMany(x, weight, bias, Value.Ints(stride, stride), Value.Ints(padding, padding), groups) is [{ } output, { } input]
            ? (output, input)
            : throw new TorchException(TorchErrorIds.Operator, "conv2d_fork gave no pair");

    /// <summary><see cref="Conv2dFork"/>, and the sums and sums of squares of the output's channels for the batch norm behind it; empty
    /// where they do not come for free.</summary>
    internal static (Tensor Output, Tensor Input, Tensor Moments) Conv2dMoments(Tensor x, Tensor weight, Tensor? bias, int stride,
        int padding, int groups, int splits) =>
        s_conv2dMoments.CallMany(x, weight, bias, Value.Ints(stride, stride), Value.Ints(padding, padding), groups, splits) is [{ } output,
        { } input, { } moments]
            ? (output, input, moments) : throw new TorchException(TorchErrorIds.Operator, "conv2d_moments gave no three tensors");

    /// <summary>[relu] (batch norm(convolution) [+ residual]) by running statistics, in one pass and without gradients.</summary>
    internal static Tensor Conv2dNorm(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int groups, Tensor? residual,
        Tensor? normWeight, Tensor? normBias, Tensor mean, Tensor variance, double epsilon, bool relu) =>
        s_conv2dNorm.Call(x, weight, bias, Value.Ints(stride, stride), Value.Ints(padding, padding), groups, residual, normWeight,
            normBias, mean, variance, epsilon, relu);

    /// <summary>The convolution of relu(batch norm(x)) in training, and the moments of its output: <see cref="Conv2dMoments"/> behind
    /// <see cref="BatchNormActivation(Tensor, Tensor, Tensor?, Tensor?, Tensor?, Tensor, Tensor, double, double, int, bool)"/>, but the map
    /// between the two need not be written.</summary>
    internal static (Tensor Output, Tensor Moments) NormConv2d(Tensor x, Tensor? normWeight, Tensor? normBias, Tensor mean, Tensor variance,
        double momentum, double epsilon, int normSplits, Tensor normMoments, Tensor weight, int stride, int padding, int splits) =>
        s_normConv2d.CallMany(x, normWeight, normBias, mean, variance, momentum, epsilon, normSplits, normMoments, weight,
            Value.Ints(stride, stride), Value.Ints(padding, padding), splits) is [{ } output, { } moments]
            ? (output, moments) : throw new TorchException(TorchErrorIds.Operator, "norm_conv2d gave no pair");

    /// <summary>[relu] (batch norm(x) [+ residual]); training updates the running statistics.</summary>
    /// <param name="x">[N, C, H, W] or [N, C]; fp32 or bf16.</param>
    /// <param name="residual">As x, or null.</param>
    /// <param name="weight">[C], fp32: the scale; null for 1.</param>
    /// <param name="bias">[C], fp32: the shift; null for 0.</param>
    /// <param name="mean">[C], fp32: running mean.</param>
    /// <param name="variance">[C], fp32: running variance.</param>
    /// <param name="training">Use, and record, the batch's statistics.</param>
    /// <param name="momentum">Share of the batch in the running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="splits">Parts of the batch with statistics of their own.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    public static Tensor BatchNormActivation(
        Tensor x, Tensor? residual, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance,
        bool training, double momentum, double epsilon, int splits, bool relu) =>
        s_batchNormActivation.Call(x, residual, weight, bias, mean, variance, training, momentum, epsilon, splits, relu);

    /// <summary>The same in training, with the moments that <see cref="Conv2dMoments"/> gave for x.</summary>
    internal static Tensor BatchNormActivation(
        Tensor x, Tensor moments, Tensor? residual, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance,
        double momentum, double epsilon, int splits, bool relu) =>
        s_batchNormMoments.Call(x, residual, weight, bias, mean, variance, true, momentum, epsilon, splits, relu, moments);

    /// <summary>Largest value of each window.</summary>
    public static Tensor MaxPool2d(Tensor x, int size, int stride, int padding = 0) =>
        s_maxPool.Call(x, Value.Ints(size, size), Value.Ints(stride, stride), Value.Ints(padding, padding));

    /// <summary>More pixels on all sides, mirrored with the edge repeated; <see cref="Layers.SymmetricPadding"/> checks their
    /// number.</summary>
    internal static Tensor MirrorPad2d(Tensor x, int border) => s_mirrorPad.Call(x, border);

    /// <summary>Mean of each window; padding counts as zeros, what a last window has beyond it (<paramref name="ceiling"/>) does
    /// not.</summary>
    public static Tensor AveragePool2d(Tensor x, int size, int stride, int padding = 0, bool ceiling = false) =>
        s_avgPool.Call(x, Value.Ints(size, size), Value.Ints(stride, stride), Value.Ints(padding, padding), ceiling);

    /// <summary>x · sigmoid(x).</summary>
    public static Tensor Silu(Tensor x) => s_silu.Call(x);

    /// <summary>x · Φ(x), with the normal distribution's exact Φ.</summary>
    /// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415.</remarks>
    public static Tensor Gelu(Tensor x) => Kernels.NeedsFloat(x) ? s_gelu.Call(x.To(DType.Float32)).To(x.DType) : s_gelu.Call(x);

    /// <summary>1 / (1 + exp(−x)).</summary>
    public static Tensor Sigmoid(Tensor x) => s_sigmoid.Call(x);

    /// <summary>ln(1 + exp(x)).</summary>
    public static Tensor Softplus(Tensor x) => s_softplus.Call(x);

    /// <summary>The hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => s_tanh.Call(x);

    /// <summary>Each row of the last dimension with mean 0 and variance 1, then scaled and shifted.</summary>
    /// <param name="x">[…, C].</param>
    /// <param name="weight">[C]: the scale.</param>
    /// <param name="bias">[C]: the shift.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <remarks>Ba et al. 2016, arXiv:1607.06450.</remarks>
    public static Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon = 1e-5) =>
        s_layerNorm.Call(x, Value.Ints(weight.ElementCount), weight, bias, epsilon);

    /// <summary>Square patches of a picture; they overlap where the stride is below the side.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="side">Side of a patch in pixels.</param>
    /// <param name="stride">Step from patch to patch in pixels.</param>
    /// <returns>[N, C, rows, columns, side, side], no copy.</returns>
    public static Tensor Patches(Tensor x, int side, int stride) => s_unfold.Call(s_unfold.Call(x, 2, side, stride), 3, side, stride);

    /// <summary>In fp32, or as it is where it is fp64: what losses and features are computed in.</summary>
    public static Tensor AtLeastFloat32(Tensor x) => x.DType == DType.Float64 ? x : x.To(DType.Float32);

    /// <summary>Zeros around a picture, in pixels.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="before">On the left and on top.</param>
    /// <param name="behind">On the right and below.</param>
    public static Tensor Pad(Tensor x, int before, int behind) => s_pad.Call(x, Value.Ints(before, behind, before, behind), 0.0);

    /// <summary>Zeros around a picture, in pixels, other ones on each side.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="left">Columns before the first.</param>
    /// <param name="right">Columns behind the last.</param>
    /// <param name="above">Rows before the first.</param>
    /// <param name="below">Rows behind the last.</param>
    public static Tensor Pad(Tensor x, int left, int right, int above, int below) =>
        s_pad.Call(x, Value.Ints(left, right, above, below), 0.0);

    /// <summary>The picture mirrored at its outermost pixels, which are not repeated.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="border">Pixels on each side; below H and W.</param>
    public static Tensor ReflectionPad(Tensor x, int border) => s_reflectionPad.Call(x, Value.Ints(border, border, border, border));

    /// <summary>A map in another size, each place the mean of the four nearest, weighted by how near they are; corners are not aligned:
    /// torch's <c>interpolate(mode="bilinear", align_corners=False)</c>.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="height">Rows of the result, 1 or more.</param>
    /// <param name="width">Columns of the result, 1 or more.</param>
    public static Tensor ResizeBilinear(Tensor x, long height, long width) =>
        s_bilinear.Call(x, Value.Ints(height, width), false, Value.None, Value.None);

    /// <summary>A map in another size by bicubic weights over as many places as a smaller size leaves out: torch's
    /// <c>interpolate(mode="bicubic", antialias=True)</c>.</summary>
    /// <param name="x">[N, C, H, W], fp32 or fp64.</param>
    /// <param name="height">Rows of the result, 1 or more.</param>
    /// <param name="width">Columns of the result, 1 or more.</param>
    public static Tensor ResizeBicubic(Tensor x, long height, long width) =>
        s_bicubic.Call(x, Value.Ints(height, width), false, Value.None, Value.None);

    /// <summary>Channels of zeros behind a map's own.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="channels">How many.</param>
    public static Tensor PadChannels(Tensor x, int channels) => s_pad.Call(x, Value.Ints(0, 0, 0, 0, 0, channels), 0.0);

    /// <summary>Mean over a grid of size × size windows that cover the map, whatever its sides.</summary>
    public static Tensor AdaptiveAveragePool2d(Tensor x, int size) => s_adaptiveAvgPool.Call(x, Value.Ints(size, size));

    /// <summary>The largest value of the whole map: [N, C, H, W] to [N, C], in fp32 or, where the map is, in fp64. Equal largest values
    /// share the gradient.</summary>
    public static Tensor GlobalMax(Tensor x) => s_amax.Call(x.DType == DType.Float64 ? x : x.To(DType.Float32), Value.Ints(2, 3));

    /// <summary>The mean over the whole map: [N, C, H, W] to [N, C], in fp32 or, where the map is, in fp64.</summary>
    public static Tensor GlobalAverage(Tensor x) => (x.DType == DType.Float64 ? x : x.To(DType.Float32)).Mean([2, 3]);
}
