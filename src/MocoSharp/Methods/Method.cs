using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods;

/// <summary>A way to learn an encoder: turns a batch of views into a loss.</summary>
/// <remarks><see cref="Step"/> reads weights, queues and views and changes none of them (running statistics of batch norm aside). What a
/// batch adds to the state is applied in <see cref="AfterBackward"/>, once a micro-batch, so gradient accumulation works; what an update
/// moves, in <see cref="AfterUpdate"/>.</remarks>
public abstract class Method : Module
{
    /// <summary>The encoder that is learned and handed out.</summary>
    public abstract Encoder Encoder { get; }

    /// <summary>What lies between the encoder and the loss, its layers in order: tests look behind each of its hidden ones. Null where the
    /// method has no such part, or one for each kind of view.</summary>
    public virtual Layer? Head => null;

    /// <summary>Views a sample that a batch must have.</summary>
    public virtual int Views => 2;

    /// <summary>Channels of each view, where a method's views are different kinds of pictures; null where all are the encoder's.</summary>
    public virtual IReadOnlyList<int>? ViewChannels => null;

    /// <summary>The loss when the encoder tells nothing apart, in nats; null where the method has no such level.</summary>
    public virtual double? ChanceLoss => null;

    /// <summary>Whether memories want real values before the first step; the trainer then calls <see cref="Prime"/>.</summary>
    public virtual bool WantsPriming => false;

    /// <summary>Why the loss may rise in the first epochs, a sentence for people; null where it should not.</summary>
    public virtual string? RisingLoss => null;

    /// <summary>What a person watches besides the loss: queue fill and the like, by name.</summary>
    public virtual IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double>();

    /// <summary>Whether the loss of pictures that it does not learn from means anything; not where each training picture has a place of its
    /// own.</summary>
    public virtual bool CanValidate => true;

    /// <summary>What may go wrong with so many pictures, each a sentence; empty when nothing.</summary>
    public virtual IEnumerable<string> Warnings(int pictures) => [];

    /// <summary>Refuses views that it cannot learn from, before the first step.</summary>
    /// <param name="views">How its views are made, <see cref="Views"/> of them.</param>
    /// <param name="channels">Channels of the pictures.</param>
    /// <exception cref="OptionException">A view is too small, or of another kind than the method takes.</exception>
    public virtual void CheckViews(IReadOnlyList<ViewPipeline> views, int channels)
    {
    }

    /// <summary>The loss of one batch.</summary>
    public abstract StepResult Step(Batch batch);

    /// <summary>As <see cref="Step"/>, with none of its tensors kept but the result's: the backward pass then frees activations on its
    /// way.</summary>
    internal StepResult LeanStep(Batch batch) => TensorScope.Keep(() => Step(batch), static step => step.Tensors);

    /// <summary>Fills memories from a batch without learning from it.</summary>
    public virtual void Prime(Batch batch)
    {
    }

    /// <summary>Adds what a batch gives to queues and banks. Runs after its backward pass; see <see cref="Method{TStep}"/>.</summary>
    public virtual void AfterBackward(StepResult step)
    {
    }

    /// <summary>Moves what follows the weights. Runs after the optimizer's update.</summary>
    public virtual void AfterUpdate(TrainingClock clock)
    {
    }

    /// <summary>Makes what follows the encoder begin as it is now. Runs after another run's encoder took the place of the random
    /// one.</summary>
    public virtual void EncoderReplaced()
    {
    }

    /// <summary>Pictures to the space that the loss is taken in, rows of unit length; for monitors.</summary>
    /// <param name="pictures">[N, C, H, W].</param>
    /// <returns>[N, D], fp32.</returns>
    public abstract Tensor Project(Tensor pictures);

    /// <summary>Pictures of one view to the space that the loss is taken in, rows of unit length; for tests of methods whose views are
    /// different kinds of pictures.</summary>
    /// <param name="view">The view, from 0.</param>
    /// <param name="pictures">[N, C, H, W].</param>
    /// <returns>[N, D], fp32.</returns>
    public virtual Tensor Project(int view, Tensor pictures) => Project(pictures);

    /// <summary>Pictures of one view to features; for tests of methods whose views are different kinds of pictures.</summary>
    /// <param name="view">The view, from 0.</param>
    /// <param name="pictures">[N, C, H, W].</param>
    /// <returns>[N, D], fp32.</returns>
    public virtual Tensor Represent(int view, Tensor pictures) => Encoder.Forward(pictures);

    /// <summary>The stages that pictures of one view go through, from the picture on.</summary>
    /// <param name="view">The view, from 0.</param>
    public virtual IReadOnlyList<EncoderStage> StagesOf(int view) => Encoder.Stages;
}

/// <summary>A method that remembers something of each batch: what, its steps say.</summary>
/// <typeparam name="TStep">What a step hands to <see cref="Remember"/>.</typeparam>
public abstract class Method<TStep> : Method where TStep : StepResult
{
    /// <inheritdoc/>
    public abstract override TStep Step(Batch batch);

    /// <inheritdoc/>
    public sealed override void AfterBackward(StepResult step) => Remember((TStep)step);

    /// <summary>Adds what a batch gives to queues and banks. Runs after its backward pass, and reads no pictures.</summary>
    protected abstract void Remember(TStep step);
}

/// <summary>Where a training stands.</summary>
/// <param name="Epoch">Passes over the data begun before this one, from 0.</param>
/// <param name="Step">Updates made, from 0.</param>
/// <param name="StepsPerEpoch">Updates an epoch.</param>
/// <param name="Epochs">Passes that the schedule is made for.</param>
public readonly record struct TrainingClock(int Epoch, long Step, int StepsPerEpoch, int Epochs)
{
    /// <summary>Passes over the data made, with fraction.</summary>
    public double Time => (double)Step / StepsPerEpoch;
}
