namespace MocoSharp.Torch.Layers;

/// <summary>Batch normalization of [N, C, H, W] over N, H and W, or of [N, C] over N, with a learned scale and shift a channel.</summary>
/// <remarks>Ioffe and Szegedy 2015, arXiv:1502.03167. Statistics are fp32 whatever the input's type. ε 1e-5, running statistics move by 0.1
/// a step, their variance is the unbiased one, as in PyTorch. Over ranks the statistics are those of all ranks' rows, but for
/// <see cref="SplitBatchNorm2d"/>.</remarks>
public class BatchNorm2d : Layer
{
    /// <summary>Added to the variance, unless another value is given.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>The share of a batch's statistics in the new running ones.</summary>
    public const double Momentum = 0.1;

    private readonly Tensor? _weight, _bias;
    private readonly Tensor _mean, _variance, _batches;
    private readonly double _epsilon;
    private readonly int _splits;

    /// <summary>Makes one that starts as the identity of standardized inputs.</summary>
    /// <param name="channels">C.</param>
    /// <param name="affine">Whether scale and shift are there.</param>
    /// <param name="epsilon">Added to the variance; 1e-3 in networks that came from TensorFlow.</param>
    public BatchNorm2d(int channels, bool affine = true, double epsilon = Epsilon) : this(channels, 1, affine, epsilon)
    {
    }

    private protected BatchNorm2d(int channels, int splits, bool affine, double epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(splits, 1);
        (_splits, _epsilon) = (splits, epsilon);
        if (affine)
        {
            _weight = Parameter("weight", Tensor.Ones([channels]));
            _bias = Parameter("bias", Tensor.Zeros([channels]));
        }
        _mean = Buffer("running_mean", Tensor.Zeros([channels]));
        _variance = Buffer("running_var", Tensor.Ones([channels]));
        _batches = Buffer("num_batches_tracked", Tensor.Zeros([], DType.Int64));
    }

    /// <summary>Into how many parts a training batch is divided, each with statistics of its own. Over ranks the parts of this
    /// one.</summary>
    public int Splits => Math.Max(1, _splits / Peers.Count);

    /// <summary>Whether statistics are those of all ranks' rows: where the batch is not divided.</summary>
    internal bool SpansRanks => _splits == 1 && Peers.Count > 1;

    /// <summary>The learned scale, [C].</summary>
    /// <exception cref="InvalidOperationException">It was made without.</exception>
    public Tensor Weight => _weight ?? throw new InvalidOperationException("this batch norm has no learned scale");

    /// <summary>[relu] (norm(x) [+ residual]) in one pass each way.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="residual">Added before the ReLU; of the shape and type of x.</param>
    public Tensor ForwardRelu(Tensor x, Tensor? residual = null) => Apply(x, null, residual, relu: true);

    /// <summary>What <see cref="ForwardRelu"/> does, with or without ReLU.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="moments">In training, the sums that a convolution gave with x, possibly empty; else null.</param>
    /// <param name="residual">Added before the ReLU, or null.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    internal Tensor Apply(Tensor x, Tensor? moments, Tensor? residual, bool relu)
    {
        try
        {
            Tensor y = Normalized(x, moments, residual, relu);
            LayerTrace.Record(this, x, y);
            return y;
        }
        catch (TorchException error) when (Name.Length > 0 && error.Within(Name))
        {
            throw;
        }
    }

    /// <summary>[relu] (norm(convolution of x) [+ residual]) by the running statistics; without gradients.</summary>
    internal Tensor AfterConvolution(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int groups, Tensor? residual,
        bool relu) =>
        Functional.Conv2dNorm(x, weight, bias, stride, padding, groups, residual, _weight, _bias, _mean, _variance, _epsilon, relu);

    /// <summary>convolution(relu(norm(x))) in training, and the output's moments in so many splits.</summary>
    internal (Tensor Output, Tensor Moments) BeforeConvolution(Tensor x, Tensor moments, Tensor weight, int stride, int padding, int splits)
    {
        _batches.AddInPlace(1);
        return Functional.NormConv2d(x, _weight, _bias, _mean, _variance, Momentum, _epsilon, Splits, moments, weight, stride, padding,
            splits);
    }

    /// <summary>The moving mean and variance, [C] each. Moving is linear: the means over ranks that began as one are what one process with
    /// a split for each rank has.</summary>
    public IReadOnlyList<Tensor> RunningStatistics => [_mean, _variance];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Normalized(x, null, null, relu: false);

    /// <summary>By the statistics of all ranks' rows together; they differ from one process's in the last bits.</summary>
    private Tensor AcrossRanks(Tensor x, Tensor? residual, bool relu)
    {
        _batches.AddInPlace(1);
        Tensor rows = Functional.AtLeastFloat32(x);
        (long[] dims, long[] shape) = x.Rank == 4 ? ([0L, 2, 3], [1, x.Size(1), 1, 1]) : (new[] { 0L }, new[] { 1, x.Size(1) });
        double count = (double)x.ElementCount / x.Size(1) * Peers.Count;
        Tensor mean = Peers.Sum(rows.Sum(dims)) / count, centered = rows - mean.View(shape);
        Tensor variance = Peers.Sum(centered.Pow(2).Sum(dims)) / count;
        using (GradMode.Off())
        {
            _mean.LerpInPlace(mean.Detach(), Momentum);
            _variance.LerpInPlace(variance.Detach() * (count / (count - 1)), Momentum);
        }
        Tensor scale = (variance + _epsilon).ReciprocalSqrt();
        Tensor y = centered * (_weight is null ? scale : scale * _weight).View(shape);
        if (_bias is not null) y += _bias.View(shape);
        if (residual is not null) y += residual;
        return (relu ? Functional.Relu(y) : y).To(x.DType);
    }

    private Tensor Normalized(Tensor x, Tensor? moments, Tensor? residual, bool relu)
    {
        if (Training && SpansRanks) return AcrossRanks(x, residual, relu);
        if (Training) _batches.AddInPlace(1);
        if (moments is not null) return Functional.BatchNormActivation(x, moments, residual, _weight, _bias, _mean, _variance, Momentum,
            _epsilon, Splits, relu);
        return Functional.BatchNormActivation(x, residual, _weight, _bias, _mean, _variance, Training, Momentum, _epsilon, Splits, relu);
    }
}

/// <summary>Batch normalization of [N, C] over N: in projection heads.</summary>
/// <param name="features">C.</param>
/// <param name="affine">Whether the learned scale and shift are there.</param>
public sealed class BatchNorm1d(int features, bool affine = true) : BatchNorm2d(features, affine);

/// <summary>Batch normalization whose training batch is divided into parts with statistics of their own: what several cards would
/// see.</summary>
/// <remarks>It gives one device the effect that shuffled batch norm has on many (He et al. 2020, arXiv:1911.05722, section 3.3) when keys
/// are shuffled. Sample i belongs to part i mod <see cref="BatchNorm2d.Splits"/>. The running statistics are the mean over the parts' ones.
/// In evaluation it is plain batch norm. Over W ranks each has the splits / W parts, at least one, of its own samples.</remarks>
public sealed class SplitBatchNorm2d : BatchNorm2d
{
    /// <summary>Makes one.</summary>
    /// <param name="channels">C.</param>
    /// <param name="splits">Parts; the batch must be a multiple of it, with 2 or more values a channel in each part.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public SplitBatchNorm2d(int channels, int splits, double epsilon = Epsilon) : base(channels, splits, affine: true, epsilon)
    {
    }
}
