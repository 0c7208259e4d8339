using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods;
using MocoSharp.Methods.Amdim;
using MocoSharp.Methods.BarlowTwins;
using MocoSharp.Methods.Byol;
using MocoSharp.Methods.Cmc;
using MocoSharp.Methods.Colorization;
using MocoSharp.Methods.Combine;
using MocoSharp.Methods.Cpc;
using MocoSharp.Methods.DeepInfoMax;
using MocoSharp.Methods.DenseCl;
using MocoSharp.Methods.Dino;
using MocoSharp.Methods.Distillation;
using MocoSharp.Methods.EmpSsl;
using MocoSharp.Methods.FastaiMoCo;
using MocoSharp.Methods.Jigsaw;
using MocoSharp.Methods.LeJepa;
using MocoSharp.Methods.MaskedImages;
using MocoSharp.Methods.MoCo;
using MocoSharp.Methods.MoCoV3;
using MocoSharp.Methods.MomentumCmc;
using MocoSharp.Methods.Nnclr;
using MocoSharp.Methods.Npid;
using MocoSharp.Methods.PatchPosition;
using MocoSharp.Methods.Reconstruction;
using MocoSharp.Methods.Rotation;
using MocoSharp.Methods.SimClr;
using MocoSharp.Methods.SimSiam;
using MocoSharp.Methods.SupCon;
using MocoSharp.Methods.Swav;
using MocoSharp.Methods.VicReg;
using MocoSharp.Recipes;

namespace MocoSharp.Tests.Methods;

/// <summary>Each method at its smallest: the sweep trains them all. A new method adds a line here.</summary>
internal static class TinyRecipes
{
    // one teacher for all sets of 32 pictures; its folder goes with the process
    private static readonly Lazy<string> s_teacher = new(static () =>
    {
        string folder = Directory.CreateTempSubdirectory("moco-tiny-teacher-").FullName, file = Path.Combine(folder, TeacherFile.Name);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        TeacherFile.Write(file, Fill.Inputs("teacher", 32, 8).ToArray<float>(), 8, "random numbers");
        return file;
    });

    private static readonly Dictionary<string, Func<Recipe>> s_all = new()
    {
        ["moco"] = static () => Of(new MoCoOptions(QueueLength: 12, KeyFeatures: 8, HiddenFeatures: [], KeyMomentum: 0.9),
            Tiny.EncoderOptions with { BatchNormSplits = 2 }),
        ["fastai-moco"] = static () => Of(new FastaiMoCoOptions(QueueLength: 12, KeyFeatures: 8, HiddenFeatures: 8, HeadNorm: true,
            KeyMomentum: 0.9),
            new EncoderOptions("xresnet18", Width: 0.125, Pooling: Pooling.Concatenated)) with
        { Monitor = new MonitorSettings(Neighbors: 5, ValidationLoss: true) },
        ["momentum-cmc"] = static () => Of(
            new MomentumCmcOptions(ViewChannels: [3, 3], Pairs: [new(0, 1), new(1, 0)], HiddenFeatures: [8], KeyFeatures: 8,
            MemoryLength: 12, KeyMomentum: 0.9),
            new EncoderOptions("convnorm-resnet34", Width: 0.125)),
        ["npid"] = static () => Of(new NpidOptions(Features: 8, Negatives: 8), Tiny.EncoderOptions, views: 1),
        ["nnclr"] = static () => Of(new NnclrOptions(SupportLength: 12, ProjectionFeatures: 8, HiddenFeatures: 8, PredictorFeatures: 8),
            Tiny.EncoderOptions) with
        { Optimizer = new LarsSettings() },
        ["nnclr-keras"] = static () => Of(new KerasNnclrOptions(SupportLength: 16, ProjectionFeatures: 8), Tiny.EncoderOptions) with
        {
            Optimizer = new AdamSettings(),
            LearningRate = new ConstantRate(0.001),
            Probe = new ProbeSettings(BatchSize: 3, new ViewSettings([new RandomResizedCrop(8)], ChannelStats.Half)),
        },
        ["amdim"] = static () => Of(new AmdimOptions(), new AmdimEncoderOptions("amdim", Width: 0.0625, Side: 32, Depth: 1, Features: 32),
            side: 32),
        ["cpc"] = static () => Of(new CpcOptions(Steps: 1, Directions: 4, Negatives: 4, ContextLayers: 2),
            new DeepEncoderOptions("cpc-small", Width: 0.125, Patches: new PatchGrid(8, 4)), views: 1, side: 16),
        ["dim"] = static () => Of(new DeepInfoMaxOptions(GlobalWeight: 1, Features: 8, Units: 16),
            new SizedEncoderOptions("dim-cnn", Width: 0.125, Side: 16), views: 1, side: 16) with
        {
            Optimizer = new AdamSettings(),
            LearningRate = new ConstantRate(0.001)
        },
        ["mae"] = static () => Of(new MaskedAutoencoderOptions(DecoderFeatures: 16, DecoderDepth: 1, DecoderHeads: 2),
            new VisionTransformerOptions("vit-tiny", Width: 1.0 / 3, Side: 16, PatchSize: 4), views: 1, side: 16),
        ["simmim"] = static () => Of(new SimMimOptions(MaskSize: 8),
            new VisionTransformerOptions("vit-tiny", Width: 1.0 / 3, Side: 16, PatchSize: 4), views: 1, side: 16),
        ["cmc"] = static () => Of(new CmcOptions(Features: 8, Negatives: 8), Tiny.EncoderOptions with { Name = "pair-resnet18-small" },
            views: 1, last: new ColorSpace()),
        ["simclr"] = static () => Of(new SimClrOptions(ProjectionFeatures: 8, HeadNorm: true), Tiny.EncoderOptions) with
        { Optimizer = new LarsSettings() },
        ["supcon"] = static () => Of(new SupConOptions(ProjectionFeatures: 8), Tiny.EncoderOptions),
        ["simsiam"] = static () => Of(new SimSiamOptions(ProjectionFeatures: 16, HiddenLayers: 1, PredictorFeatures: 8),
            Tiny.EncoderOptions),
        ["byol"] = static () => Of(new ByolOptions(ProjectionFeatures: 8, HiddenFeatures: 16, PredictorFeatures: 16, TargetMomentum: 0.9),
            Tiny.EncoderOptions with { BatchNormSplits = 2 }),
        ["vicreg"] = static () => Of(new VicRegOptions(ProjectionFeatures: 16, HiddenFeatures: 16, HiddenLayers: 1), Tiny.EncoderOptions),
        ["barlow-twins"] = static () => Of(new BarlowTwinsOptions(ProjectionFeatures: 16, HiddenFeatures: 16, HiddenLayers: 1,
            LossScale: 0.1), Tiny.EncoderOptions),
        ["moco-v3"] = static () => Of(new MoCoV3Options(ProjectionFeatures: 8, HiddenFeatures: 16, PredictorFeatures: 16, Temperature: 0.2,
            KeyMomentum: 0.9), Tiny.EncoderOptions),
        ["densecl"] = static () => Of(new DenseClOptions(QueueLength: 12, KeyFeatures: 8, HiddenFeatures: 16, KeyMomentum: 0.9,
            DenseFrom: 2), Tiny.EncoderOptions with { BatchNormSplits = 2 }),
        ["swav"] = static () => MultiCrop(new SwavOptions(Prototypes: 6, ProjectionFeatures: 8, HiddenFeatures: 8, QueueLength: 8,
            QueueFromEpoch: 0)) with
        { Optimizer = new AdamSettings(WeightDecay: 1e-3), LearningRate = new ConstantRate(0.001) },
        ["dino"] = static () => MultiCrop(new DinoOptions(Outputs: 12, BottleneckFeatures: 8, HiddenFeatures: 8, HeadNorm: true,
            LearnedLengths: true, TeacherTemperature: 0.07, TeacherWarmUpEpochs: 2, TeacherMomentum: 0.9)),
        ["lejepa"] = static () => MultiCrop(new LeJepaOptions(ProjectionFeatures: 8, HiddenFeatures: 8, Directions: 8)),
        ["emp-ssl"] = static () => Of(new EmpSslOptions(ProjectionFeatures: 16, HiddenFeatures: 8), Tiny.EncoderOptions, views: 4) with
        { LearningRate = new CosineRate(0.001) },
        ["rotation"] = static () => Of(new RotationOptions(), Tiny.EncoderOptions with { BatchNormSplits = 2 }, views: 1),
        ["jigsaw"] = static () => Of(new JigsawOptions(TileSide: 8, ChannelShift: 1, Permutations: 10, TileFeatures: 8, HiddenFeatures: 16),
            Tiny.EncoderOptions, views: 1, side: 30),
        ["patch-position"] = static () => Of(new PatchPositionOptions(PatchSide: 8, Gap: 3, Jitter: 1, Pairs: 2, HiddenFeatures: [16]),
            Tiny.EncoderOptions, views: 1, side: 24),
        ["colorization"] = static () => Colors(),
        ["denoising"] = static () => Of(new DenoisingOptions(Sigma: 0.1), Tiny.EncoderOptions, views: 1),
        ["inpainting"] = static () => Of(new InpaintingOptions(Anywhere: true, Overlap: 1), Tiny.EncoderOptions, views: 1, side: 16),
        ["seed"] = static () => Of(new SeedOptions(8, QueueLength: 16, Teacher: s_teacher.Value), Tiny.EncoderOptions, views: 1),
        ["compress"] = static () => Of(new CompRessOptions(8, QueueLength: 16, KeyMomentum: 0.9, Teacher: s_teacher.Value),
            Tiny.EncoderOptions, views: 1),
        ["feature-regression"] = static () => Of(new FeatureRegressionOptions(8, Teacher: s_teacher.Value), Tiny.EncoderOptions, views: 1),
        ["soft-labels"] = static () => Of(new SoftLabelsOptions(8, Temperature: 2, s_teacher.Value), Tiny.EncoderOptions, views: 1),
        ["combine"] = static () => Of(
            new CombineOptions(new MoCoOptions(QueueLength: 12, KeyFeatures: 8, HiddenFeatures: [], KeyMomentum: 0.9, FillQueueFirst: true),
                new RotationOptions(), Weight: 0.5),
            Tiny.EncoderOptions, views: 3),
    };

    private static Recipe Colors()
    {
        Recipe recipe = Of(new ColorizationOptions(PriorPictures: 20), Tiny.EncoderOptions with { Channels = 1 });
        ViewSettings Seen(Augmentation last, ChannelStats stats) =>
            new([new RandomResizedCrop(8), new Flip(0.5f), last], stats, SharedDraws: 0);
        return recipe with { Views = [Seen(new Lightness(), ChannelStats.Half), Seen(new ColorSpace(), ChannelStats.Lab)] };
    }

    internal static Recipe For(string method) => s_all.TryGetValue(method, out Func<Recipe>? recipe) ? recipe()
        : throw new InvalidOperationException($"method '{method}' has no tiny recipe: add one to TinyRecipes");

    internal static Recipe Of(MethodOptions method, EncoderOptions encoder, int views = 2, Augmentation? last = null, int side = 8) => new(
        Recipe.CurrentFormat, "tiny", encoder, method,
        [new ViewSettings(last is null ? [new RandomResizedCrop(side), new Flip(0.5f)]
        : [new RandomResizedCrop(side), new Flip(0.5f), last], ChannelStats.Half, Repeat: views)],
        new TrainingSettings(Epochs: 2, BatchSize: 8), new SgdSettings(), new CosineRate(0.05),
        Monitor: new MonitorSettings(EveryEpochs: 1, Neighbors: 5));

    /// <summary>Two global views and three local ones, with a size of their own.</summary>
    internal static Recipe MultiCrop(MethodOptions method) => Of(method, Tiny.EncoderOptions) with
    {
        Views = [new ViewSettings([new RandomResizedCrop(8, Area: (0.4f, 1)), new Flip(0.5f)], ChannelStats.Half, Repeat: 2),
            new ViewSettings([new RandomResizedCrop(4, Area: (0.1f, 0.4f)), new Flip(0.5f)], ChannelStats.Half, Repeat: 3)],
    };

    /// <summary>Momentum CMC over terrain, classes and heights, and terrain once more; for <see cref="PairedTinySource"/>.</summary>
    internal static Recipe FourViews(int accumulate = 1, Precision precision = Precision.Fp32, ViewSharing sharing = ViewSharing.Core)
    {
        ViewSettings Cut(string of, ChannelStats stats) => new([new RandomCrop(32, Padding: 0)], stats, Of: of, SharedDraws: 0);
        return new Recipe(Recipe.CurrentFormat, "tiny", new EncoderOptions("convnorm-resnet34", Width: 0.125),
            new MomentumCmcOptions(Sharing: sharing, HiddenFeatures: [16], KeyFeatures: 8, MemoryLength: 8, KeyMomentum: 0.9),
            [Cut("terrain", ChannelStats.Half), Cut("segmentation", ChannelStats.AsIs), Cut("height", ChannelStats.Half),
            new ViewSettings([new CenterFit(32, Share: 1)], ChannelStats.Half)],
            new TrainingSettings(2, BatchSize: 4, Accumulate: accumulate, Precision: precision), new AdamSettings(), new ConstantRate(1e-3),
            new DataSettings(Modalities: PairedTinySource.Modalities), new MonitorSettings(Neighbors: 3));
    }
}
