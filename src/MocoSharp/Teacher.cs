using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp;

/// <summary>A network that others learn from: it looks at each picture once, prepared as it expects pictures.</summary>
public abstract class Teacher : IDisposable
{
    /// <summary>What it is, for people and for the student's run.</summary>
    public abstract string Name { get; }

    /// <summary>What it expects to see of a picture.</summary>
    public abstract EncoderInput Input { get; }

    /// <summary>D: numbers a picture.</summary>
    public abstract int Features { get; }

    /// <summary>The names of its D classes where it gives logits; null where it gives features, or the names are not known.</summary>
    public virtual IReadOnlyList<string>? Classes => null;

    /// <summary>The network of a run or of an encoder's file.</summary>
    /// <param name="path">A run's folder, or an encoder.safetensors.</param>
    /// <param name="head">The name of a classifier that a test has kept with the run: the teacher then gives its logits. Null for
    /// features.</param>
    /// <exception cref="MocoException">MS4003: it is not there. MS4010: the file does not say what its encoder is, or what it expects to
    /// see. MS5006, MS5007: there is no such classifier, or it is of another encoder. MS5221: a file has no classifiers.</exception>
    public static Teacher Of(string path, string? head = null) => RunTeacher.Open(path, head);

    /// <summary>What it makes of some pictures.</summary>
    /// <param name="pictures">[N, C, H, W], prepared by <see cref="Input"/>.</param>
    /// <returns>[N, D].</returns>
    public abstract Tensor Answer(Tensor pictures);

    /// <summary>Where it computes, and in which element type it takes pictures.</summary>
    public virtual Compute Compute { get; } = new(Device.Cpu, DType.Float32);

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what it holds.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
    }

    /// <summary>A network of this library.</summary>
    private sealed class RunTeacher : Teacher
    {
        private readonly ComparedNetwork _network;
        private readonly LinearHead? _head;
        private readonly Tensor? _weight, _bias;

        private RunTeacher(string name, EncoderInput input, Compute compute, ComparedNetwork network, int features, LinearHead? head)
        {
            (Name, Input, Compute, _network, _head) = (name, input, compute, network, head);
            Features = head?.Classes.Count ?? features;
            if (head is null) return;
            _weight = Tensor.From(head.Weight, head.Classes.Count, head.Dimensions).To(compute.Device).DetachFromScope();
            _bias = Tensor.From(head.Bias).To(compute.Device).DetachFromScope();
        }

        public override string Name { get; }

        public override EncoderInput Input { get; }

        public override int Features { get; }

        public override IReadOnlyList<string>? Classes => _head?.Classes;

        public override Compute Compute { get; }

        internal static RunTeacher Open(string path, string? head)
        {
            using TensorScope scope = TensorScope.Begin();
            return Directory.Exists(path) ? OfRun(path, head) : OfFile(path, head);
        }

        public override Tensor Answer(Tensor pictures)
        {
            Tensor features = _network.Forward(pictures).To(DType.Float32);
            return _weight is null ? features : features.MatMul(_weight.T) + _bias!;
        }

        protected override void Dispose(bool isDisposing)
        {
            if (isDisposing)
            {
                _network.Dispose();
                _weight?.Dispose();
                _bias?.Dispose();
            }
            base.Dispose(isDisposing);
        }

        private static RunTeacher OfRun(string path, string? head)
        {
            RunRecord run = RunRecord.OpenTrained(new RunFolder(path), static _ => { }).On(device: null);
            run.Folder.MustHaveEncoder();
            Recipes.Recipe recipe = run.Recipe.Recipe;
            SavedHead? kept = head is null ? null : SavedHead.Read(run.Folder, head);
            ComparedNetwork network = kept?.Open(run.Folder, recipe, warned: null)
                ?? ComparedNetwork.Open(run.Folder, recipe, FeatureSpace.Backbone, isTrained: true, warned: null);
            string name = $"{run.Folder.Root}{(head is null ? "" : $", classifier {head}")}";
            return new RunTeacher(name, EncoderInput.Of(recipe), Compute.Of(recipe.Training), network,
                EncoderFeatures(run.Folder.Encoder), kept?.Head);
        }

        private static RunTeacher OfFile(string path, string? head)
        {
            if (!File.Exists(path))
                throw new MocoException(ErrorIds.NoRun, "there is no teacher: no run's folder, and no file", at: path,
                    fix: "name a run's folder, an encoder.safetensors, or onnx:FILE");
            if (!EncoderFile.IsOne(path))
                throw new MocoException(ErrorIds.NotATeacher, "the file is no encoder of this program", at: path,
                    fix: "name a run's folder or its encoder.safetensors; networks of other programs teach as onnx:FILE");
            if (head is not null)
                throw new MocoException(ErrorIds.NotATeacher, "a classifier is kept with its run, and an encoder's file has none", at: path,
                    fix: "name the run's folder as the teacher");
            EncoderInput input = EncoderFile.Input(path);
            Compute compute = Compute.Of(new Recipes.TrainingSettings(1, 1));
            return new RunTeacher(Path.GetFullPath(path), input, compute, ComparedNetwork.Of(EncoderFile.Read(path), compute),
                EncoderFeatures(path), head: null);
        }

        private static int EncoderFeatures(string file)
        {
            using Encoders.Encoder encoder = EncoderFile.Read(file);
            return encoder.Features;
        }
    }
}
