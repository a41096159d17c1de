using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A model, or one of a pipeline's: takes features by name and adds what it computes.</summary>
internal interface IModelStage : IDisposable
{
    /// <summary>Values that can be asked for, inputs first and then in order of execution.</summary>
    IReadOnlyList<IntermediateValue> IntermediateValues { get; }

    /// <summary>Names of the weights that can be replaced.</summary>
    IReadOnlyCollection<string> ReplaceableWeights { get; }

    /// <summary>Lets the runs that follow use other values of a weight; <see langword="null"/> for its own.</summary>
    /// <exception cref="System.ArgumentException">There is no such weight, or it has another number of values.</exception>
    void ReplaceWeight(string name, float[]? values);

    /// <summary>Runs on the features that are there, and adds its own.</summary>
    /// <param name="values">Features by name: <see cref="MultiArray"/>, text, numbers, dictionaries.</param>
    /// <param name="intermediate">Takes the intermediate values that the stage was opened for.</param>
    /// <param name="cancellationToken">Stops the run; the reason is the caller's.</param>
    void Run(IDictionary<string, object> values, IDictionary<string, MultiArray> intermediate, CancellationToken cancellationToken);

    /// <summary>Forgets the states: the next run begins a new sequence.</summary>
    void ResetStates();
}
