"""gradsim against torch.optim, JAX/optax, NumPy and C: how many particles make how many steps in a second?

    python -m tests.benchmarks.peers [--particles 1 1e3 …] [--surfaces …] [--methods …] [--only …] [--quick]

from the root of a checkout whose environment has the extra ``bench``; C needs gcc. Prints Markdown. A peer that is not
installed is left out, and a line says so; ``--only`` with no names leaves all out and tells what two threads gain.

A cell is a surface, a method, a number of particles and a number of steps; every contender starts from the same cloud,
works in float64 and uses one core, to which the process is bound for the purpose. "Final" asks for the last positions;
"recorded" for positions and losses of every step. gradsim is called as its users call it, ``gradsim.simulate(scene)``:
its time includes checking the scene, and at every step the loss and a look for particles that left the finite numbers,
none of which any peer does for "final". Peers are given the starts; gradsim has those of its last race. The peers:

* torch autograd: ``torch.optim`` with gradients by ``backward``;
* torch fused: ``torch.optim(…, fused=True)`` with gradients written by hand;
* JAX: ``vmap`` of ``grad`` of one particle's loss, optax, ``lax.scan`` over the steps, all under ``jit``; recorded
  through what ``scan`` stacks up;
* NumPy: whole arrays, in place, with gradients written by hand;
* C: a program generated for the surface and the method, with gradients written by hand; see ``c_peer.FLAGS``.

Peers other than JAX record into memory that is made ready and touched beforehand.

Before anything is timed, all contenders race a few steps and must agree to 1e-9. Each then races once to warm up, which
is when JAX and numba compile and is reported apart; after that all take turns, several rounds. A ratio is the median
over the rounds of the ratios within a round, so that a busy moment of the machine hits both sides. torch and NumPy make
fewer steps than the others in large cells; rates are per step. ``--clock cpu`` counts the processor time of the whole
process instead of the time on the wall, for a machine that others use meanwhile; two threads against one are always
compared on the wall.
"""
