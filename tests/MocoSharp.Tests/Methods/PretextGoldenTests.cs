using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Colorization;
using MocoSharp.Methods.Jigsaw;
using MocoSharp.Methods.PatchPosition;
using MocoSharp.Methods.Reconstruction;
using MocoSharp.Methods.Rotation;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Tests.Methods;

/// <summary>Two training steps of each predictive method against the papers, restated in numpy and PyTorch.</summary>
public sealed class PretextGoldenTests : TensorTest
{
    private static readonly JsonElement s_golden = Golden.Open("pretext");

    public static TheoryData<string, DType> Runs
    {
        get
        {
            TheoryData<string, DType> runs = [];
            foreach (JsonProperty run in s_golden.GetProperty("runs").EnumerateObject())
            {
                if (run.Name != "adversarial") runs.Add(run.Name, DType.Float64);        // the critic's Adam is made for fp32
                runs.Add(run.Name, DType.Float32);
            }
            return runs;
        }
    }

    [Theory, MemberData(nameof(Runs))]
    public void Two_steps_match_the_reference(string name, DType precision)
    {
        JsonElement run = s_golden.GetProperty("runs").GetProperty(name);
        bool isColor = name == "colorization";
        EncoderOptions encoder = new DeepEncoderOptions("cpc-small", Width: s_golden.Number("width"), Channels: isColor ? 1 : 3);
        using Method method = MethodRegistry.Create(new MethodParts(encoder, pictures: 1), Options(name));
        GoldenSteps.Fill(method, gain: 1, static name => name);
        method.ConvertTo(precision);
        if (isColor) method.Prime(new GoldenBatch("prime", run.Whole("side"), isColor, precision));
        using Optimizer sgd = new Sgd(ParameterGroup.Of(method.Parameters(), weightDecay: 0, decayNormsAndBiases: true), momentum: 0);
        GoldenSteps.Run(method, sgd, s_golden.Number("lr"), run,
            step => new GoldenBatch($"step{step}", run.Whole("side"), isColor, precision), precision);
        GoldenSteps.CheckNorms(method, run, static name => name, precision);
    }

    private static MethodOptions Options(string name)
    {
        JsonElement jigsaw = s_golden.GetProperty("jigsaw"), position = s_golden.GetProperty("position"),
            color = s_golden.GetProperty("color"), denoising = s_golden.GetProperty("denoising"),
            inpainting = s_golden.GetProperty("inpainting"), adversary = s_golden.GetProperty("adversary");
        InpaintingOptions hole = new(inpainting.Number("hole") / inpainting.Whole("side"), Anywhere: true, inpainting.Whole("overlap"),
            inpainting.Number("overlapWeight"));
        return name switch
        {
            "rotation" => new RotationOptions(),
            "jigsaw" => new JigsawOptions(3, jigsaw.Whole("tile"), jigsaw.Whole("shift"), jigsaw.Whole("orders"), OrderDistance.Mean,
                jigsaw.Whole("tileFeatures"), jigsaw.Whole("hidden")),
            "position-one" or "position-all" => new PatchPositionOptions(position.Whole("patch"), position.Whole("gap"),
                position.Whole("jitter"), position.Whole("pairs"), name == "position-one" ? PatchColor.One : PatchColor.All,
                [position.Whole("hidden")]),
            "colorization" => new ColorizationOptions(color.Whole("stride"), color.Whole("neighbors"), color.Number("spread"),
                color.Number("uniform"), PriorPictures: 1),
            "denoising" => new DenoisingOptions(denoising.Number("masked"), denoising.Number("sigma")),
            "inpainting" => hole,
            "adversarial" => hole with { AdversarialWeight = adversary.Number("weight"), CriticRate = adversary.Number("rate") },
            _ => throw new ArgumentException($"no run is called '{name}'", nameof(name)),
        };
    }

    private sealed class GoldenBatch(string name, int side, bool isColor, DType precision) : Batch(
        isColor ? [Pictures(name, side, precision).Narrow(1, 0, 1).Contiguous(MemoryFormat.ChannelsLast), Lab(name, side, precision)]
            : [Pictures(name, side, precision)],
        [.. Enumerable.Range(0, Count)], [.. Enumerable.Repeat(-1, Count)], seed: 0, step: 0)
    {
        private static new readonly int Count = s_golden.Whole("batch");

        public override long[] Noise(int use, int each, int rows) => GoldenSteps.Noise($"{name}.noise{use}", Count * each, rows);

        private static Tensor Pictures(string name, int side, DType precision) =>
            GoldenSteps.Pictures($"{name}.view", Count, 3, side, precision);

        // a and b of unit variance would lie far out of gamut; the first picture has no color
        private static Tensor Lab(string name, int side, DType precision)
        {
            Tensor lab = Fill.Inputs($"{name}.lab", Count, 3, side, side).To(DType.Float64) * 0.25;
            lab.Narrow(0, 0, 1).Narrow(1, 1, 1).FillInPlace(-6.025 / 92.208);
            lab.Narrow(0, 0, 1).Narrow(1, 2, 1).FillInPlace(6.6895 / 101.1675);
            return lab.To(precision).Contiguous(MemoryFormat.ChannelsLast);
        }
    }
}
