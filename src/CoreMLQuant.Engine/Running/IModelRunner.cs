using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Running;

/// <summary>
/// Runs models. The engine asks it what a model computes (to compare outputs, to choose encodings by what they cost there, to
/// calibrate) and does not know what is behind it.
/// </summary>
public interface IModelRunner
{
    /// <summary>Makes a model ready to run.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="settings">How it is run.</param>
    /// <param name="cancellationToken">Stops opening it.</param>
    /// <exception cref="CoreMLFormatException">It is no model, or breaks a rule of the format.</exception>
    /// <exception cref="ModelNotRunnableException">It holds operations that cannot be run.</exception>
    /// <exception cref="ModelRunException">It could not be made ready.</exception>
    IRunnableModel Open(string path, RunSettings settings, CancellationToken cancellationToken = default);
}

/// <summary>A model that is ready to run. Not for several threads at a time.</summary>
public interface IRunnableModel : IDisposable
{
    /// <summary>Full path of the model.</summary>
    string Path { get; }

    /// <summary>What it takes and gives.</summary>
    RunFeatures Features { get; }

    /// <summary>The model's own names of the intermediate values that can be asked for, in order of execution.</summary>
    IReadOnlyList<string> IntermediateValueNames { get; }

    /// <summary>The values that can be asked for: the inputs as the first operation sees them, and those of <see cref="IntermediateValueNames"/>.</summary>
    IReadOnlyList<IntermediateValue> IntermediateValues { get; }

    /// <summary>Names of the weights that can be replaced; none unless the settings ask for it.</summary>
    IReadOnlyCollection<string> ReplaceableWeights { get; }

    /// <summary>Lets the samples that follow run with other values of a weight.</summary>
    /// <param name="name">The weight's name; one of <see cref="ReplaceableWeights"/>.</param>
    /// <param name="values">As many values as the weight has, in its order; <see langword="null"/> for its own.</param>
    /// <exception cref="ArgumentException">There is no such weight, or it has another number of values.</exception>
    void ReplaceWeight(string name, float[]? values);

    /// <summary>
    /// Tells what is to come: samples that run as they are and then again, each time with other values of some weights. What these weights do not change can be kept from the first run of a
    /// sample. It makes no difference to what comes out.
    /// </summary>
    /// <param name="runs">For each further run of a sample: names of the weights that are replaced in it, all of <see cref="ReplaceableWeights"/>.</param>
    /// <param name="sampleCount">Number of samples.</param>
    void ExpectReplacements(IReadOnlyList<IReadOnlyCollection<string>> runs, int sampleCount);

    /// <summary>Looks whether a sample fits and holds no NaN, without running it. Infinity is a number: masks have it.</summary>
    /// <param name="sample">The inputs as given.</param>
    /// <param name="finiteInputs">Names of inputs that must not hold infinity either, because weights are multiplied with them.</param>
    /// <exception cref="InputMismatchException">The sample does not fit the inputs, or one of them holds NaN, or infinity where it must not.</exception>
    /// <exception cref="SampleDataException">A file that the sample names cannot be read.</exception>
    void Check(RunSample sample, IReadOnlyCollection<string> finiteInputs);

    /// <summary>Runs one sample.</summary>
    /// <param name="sample">The inputs as given.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="InputMismatchException">The sample does not fit the inputs.</exception>
    /// <exception cref="SampleDataException">A file that the sample names cannot be read.</exception>
    /// <exception cref="ModelRunException">The model stopped with an error or took too long.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    ModelRun Run(RunSample sample, CancellationToken cancellationToken = default);
}
