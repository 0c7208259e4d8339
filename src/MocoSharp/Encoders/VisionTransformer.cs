using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>Vision transformers: a picture is cut into square patches, each becomes a token, and twelve blocks of attention
/// follow.</summary>
/// <remarks>Dosovitskiy et al. 2020, arXiv:2010.11929, in the sizes tiny, small and base of Touvron et al. 2020, arXiv:2012.12877 (DeiT),
/// with timm's names, starting weights and order of tokens: class token, registers, patches. <see cref="EncoderOptions.Width"/> changes the
/// number of heads, of 64 features each. Pictures may have any sides that are multiples of a patch. Blocks compute in the pictures' element
/// type, their shortcuts too. There is no batch norm: <see cref="EncoderOptions.BatchNormSplits"/> must be 1.</remarks>
public sealed class VisionTransformer : Encoder
{
    /// <summary>Features of a head.</summary>
    internal const int HeadFeatures = 64;

    /// <summary>Blocks of every size.</summary>
    internal const int Blocks = 12;

    private const int BlocksAStage = 3, Expansion = 4;
    private const double Deviation = 0.02, PrefixDeviation = 1e-6;

    private readonly VisionTransformerOptions _options;
    private readonly Conv2d _patches;
    private readonly TransformerBlock[] _blocks;
    private readonly Tensor? _class, _registers, _positions;
    private readonly LayerNorm _norm;

    private VisionTransformer(VisionTransformerOptions options, int heads) : base(options)
    {
        OptionException.Require(options.BatchNormSplits == 1, "batchNormSplits", options.BatchNormSplits,
            "1 for a transformer: it has no batch norm");
        OptionException.Require(options.Pooling == Pooling.Average, "pooling", options.Pooling,
            "average for a transformer; set classToken to choose between the class token and the mean");
        _options = options;
        heads = Math.Max(1, (int)Math.Round(heads * options.Width));
        Dimension = heads * HeadFeatures;
        if (options.ClassToken) _class = Parameter("cls_token", Tensor.RandomNormal([1, 1, Dimension]).MulInPlace(PrefixDeviation));
        if (options.Registers > 0)
            _registers = Parameter("reg_token", Tensor.RandomNormal([1, options.Registers, Dimension]).MulInPlace(PrefixDeviation));
        if (options.Positions == Positions.Learned)
            _positions = Parameter("pos_embed",
                Tensor.RandomNormal([1, Prefix + (long)GridSide * GridSide, Dimension]).MulInPlace(Deviation));
        _patches = new Conv2d(options.Channels, Dimension, options.PatchSize, stride: options.PatchSize, padding: 0);
        Sequential embed = Register("patch_embed", new Sequential { { "proj", _patches } });
        _blocks = [.. Enumerable.Range(0, Blocks).Select(_ => new TransformerBlock(Dimension, heads, Expansion * Dimension))];
        _ = Register("blocks", new Sequential(_blocks));
        _norm = Register(options.ClassToken ? "norm" : "fc_norm", new LayerNorm(Dimension, TransformerBlock.Epsilon));
        Start(_blocks);
        AddStage("stem", pictures => WithPrefix(Embed(pictures)), embed);
        for (int first = 0; first < Blocks; first += BlocksAStage)
        {
            TransformerBlock[] part = _blocks[first..(first + BlocksAStage)];
            bool isNormed = options.ClassToken && first + BlocksAStage == Blocks;
            AddStage($"blocks{first + BlocksAStage}", tokens => isNormed ? Normed(Through(part, tokens)) : Through(part, tokens),
                isNormed ? [.. part, _norm] : part);
        }
    }

    /// <summary>D: numbers of a token.</summary>
    public int Dimension { get; }

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize => _options.PatchSize;

    /// <summary>How many tokens stand before the patches': the class token and registers.</summary>
    public int Prefix => (_options.ClassToken ? 1 : 0) + _options.Registers;

    private int GridSide => _options.Side / PatchSize;

    [Encoder("vit-tiny", typeof(VisionTransformerOptions))]
    internal static Encoder Tiny(EncoderOptions options) => new VisionTransformer((VisionTransformerOptions)options, heads: 3);

    [Encoder("vit-small", typeof(VisionTransformerOptions))]
    internal static Encoder Small(EncoderOptions options) => new VisionTransformer((VisionTransformerOptions)options, heads: 6);

    [Encoder("vit-base", typeof(VisionTransformerOptions))]
    internal static Encoder Base(EncoderOptions options) => new VisionTransformer((VisionTransformerOptions)options, heads: 12);

    /// <summary>Each patch as a token that knows where it was.</summary>
    /// <param name="pictures">[N, C, H, W]; H and W are multiples of <see cref="PatchSize"/>.</param>
    /// <param name="change">What becomes of the tokens before they learn where they were; null for nothing.</param>
    /// <returns>[N, H / patch · W / patch, D], row by row, in the pictures' element type.</returns>
    /// <exception cref="OptionException">The sides are no multiples.</exception>
    public Tensor Embed(Tensor pictures, Func<Tensor, Tensor>? change = null)
    {
        (long height, long width) = (pictures.Size(2), pictures.Size(3));
        CheckSize(height, width);
        Tensor tokens = _patches.Forward(pictures).Flatten(2).Transpose(1, 2);
        if (change is not null) tokens = change(tokens);
        return tokens + PatchPositions(height / PatchSize, width / PatchSize).To(pictures.Device).To(tokens.DType);
    }

    /// <inheritdoc/>
    public override void CheckSize(long height, long width)
    {
        if (height % PatchSize != 0 || width % PatchSize != 0)
            throw new OptionException("patchSize", PatchSize, $"and a picture of {width}×{height} pixels cannot be cut into such patches",
                fix: "let the views' size be a multiple of encoder.patchSize");
    }

    /// <summary>Sends tokens of patches, all or some of them, through all blocks, behind the class token and registers.</summary>
    /// <param name="tokens">[N, L, D], of <see cref="Embed"/>.</param>
    /// <returns>[N, prefix + L, D], normalized where there is a class token.</returns>
    public Tensor Transform(Tensor tokens)
    {
        Tensor all = Through(_blocks, WithPrefix(tokens));
        return _options.ClassToken ? Normed(all) : all;
    }

    /// <summary>Those of <see cref="Transform"/>'s tokens that are patches'.</summary>
    public Tensor OfPatches(Tensor tokens) => tokens.Narrow(1, Prefix, tokens.Size(1) - Prefix);

    private protected override Tensor Summarize(Tensor map) => Functional.AtLeastFloat32(_options.ClassToken
        ? map.Narrow(1, 0, 1).Squeeze(1) : _norm.Forward(Functional.AtLeastFloat32(OfPatches(map)).Mean([1])));

    private Tensor Normed(Tensor tokens) => _norm.Forward(tokens).To(tokens.DType);

    private static Tensor Through(IEnumerable<TransformerBlock> blocks, Tensor tokens)
    {
        Tensor now = tokens;
        foreach (TransformerBlock block in blocks)
            now = TensorScope.Next(now, isLast: !ReferenceEquals(now, tokens), block.Forward);
        return now;
    }

    private Tensor WithPrefix(Tensor tokens)
    {
        if (Prefix == 0) return tokens;
        Tensor own = Tensor.Cat([.. new[] { _class, _registers }.OfType<Tensor>()], 1);
        if (_positions is not null) own += _positions.Narrow(1, 0, Prefix);
        return Tensor.Cat([own.To(tokens.DType).Expand(tokens.Size(0), -1, -1), tokens], 1);
    }

    /// <summary>[1, rows · columns, D]: the learned table, resized where the grid is another one, or sines and cosines.</summary>
    private Tensor PatchPositions(long rows, long columns)
    {
        if (_positions is null) return SinePositions.Of(rows, columns, Dimension);
        Tensor own = _positions.Narrow(1, Prefix, _positions.Size(1) - Prefix);
        if (rows == GridSide && columns == GridSide) return own;
        Tensor map = own.View(1, GridSide, GridSide, Dimension).Permute(0, 3, 1, 2).Contiguous();
        return Functional.ResizeBicubic(map, rows, columns).Flatten(2).Transpose(1, 2);
    }

    private void AddStage(string name, Func<Tensor, Tensor> run, params IReadOnlyList<Module> modules) =>
        AddStage(name, Dimension, PatchSize, run, modules, MapOf);

    private Tensor MapOf(Tensor tokens, Tensor pictures) => OfPatches(tokens).Transpose(1, 2)
        .Reshape(tokens.Size(0), Dimension, pictures.Size(2) / PatchSize, pictures.Size(3) / PatchSize);

    // timm's truncation, at 100 deviations, never happens
    private static void Start(IEnumerable<TransformerBlock> blocks)
    {
        using GradMode off = GradMode.Off();
        foreach (Linear layer in blocks.SelectMany(static block => block.Modules()).Select(static part => part.Value).OfType<Linear>())
        {
            layer.Weight.NormalInPlace(0, Deviation);
            layer.Bias!.ZeroInPlace();
        }
    }
}

/// <summary>Options of <see cref="VisionTransformer"/>.</summary>
/// <inheritdoc cref="SizedEncoderOptions"/>
public sealed record VisionTransformerOptions(
    string Name, [Bounds(0, 16, ExceptLeast = true)] double Width = 1, [Bounds(1, 256)] int Channels = 3,
    [Bounds(1, 1024)] int BatchNormSplits = 1, Pooling Pooling = Pooling.Average, [Bounds(1, 4096)] int Side = 224,
    [Bounds(1, 256)] int PatchSize = 16, Positions Positions = Positions.Fixed, [Bounds(0, 64)] int Registers = 0, bool ClassToken = true,
    PatchGrid? Patches = null) : SizedEncoderOptions(Name, Width, Channels, BatchNormSplits, Pooling, Side, Patches)
{
    /// <summary>Side of a patch in pixels; it divides the sides of the views.</summary>
    public int PatchSize { get; init; } = PatchSize;

    internal override bool HasBatchNorm => false;

    /// <summary>How a token knows where its patch was. A learned table is made for pictures of <see cref="SizedEncoderOptions.Side"/>, and
    /// resized for others.</summary>
    public Positions Positions { get; init; } = Positions;

    /// <summary>Tokens that are no patch's and that blocks may keep notes in; 4 in the paper.</summary>
    /// <remarks>Darcet et al. 2023, arXiv:2309.16588.</remarks>
    public int Registers { get; init; } = Registers;

    /// <summary>Whether features are the class token's; else there is none, and they are the patches' mean.</summary>
    public bool ClassToken { get; init; } = ClassToken;
}

/// <summary>How a transformer's tokens know where they were.</summary>
public enum Positions
{
    /// <summary>Sines and cosines of rows and columns, of many wavelengths: MAE's and MoCo v3's.</summary>
    Fixed,

    /// <summary>A table that is trained: the original vision transformer's.</summary>
    Learned,
}
