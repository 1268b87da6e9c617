// Bluesky's own server on loopback, with a directory of names in memory and one account; prints its address when ready.
import fs from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { Secp256k1Keypair } from '@atproto/crypto'
import { PDS } from '@atproto/pds'
import * as plc from '@did-plc/server'

const freePort = () =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'crier-pds-'))
const names = plc.PlcServer.create({ db: plc.Database.mock(), port: await freePort() })
await names.start()
const rotation = await Secp256k1Keypair.create({ exportable: true })
const port = await freePort()
const pds = await PDS.fromEnv({
  devMode: true,
  port,
  hostname: 'localhost',
  dataDirectory: folder,
  blobstoreDiskLocation: path.join(folder, 'blobs'),
  didPlcUrl: `http://localhost:${names.server.address().port}`,
  recoveryDidKey: (await Secp256k1Keypair.create()).did(),
  adminPassword: 'admin-of-nothing',
  jwtSecret: 'secret-of-nothing-0123456789abcdef',
  serviceHandleDomains: ['.test'],
  plcRotationKeyK256PrivateKeyHex: Buffer.from(await rotation.export()).toString('hex'),
  inviteRequired: false,
  disableSsrfProtection: true,
})
await pds.start()
const url = `http://localhost:${port}`
const account = { handle: 'riverbend.test', email: 'desk@riverbend.test', password: 'of-nobody-at-all' }
const answer = await fetch(`${url}/xrpc/com.atproto.server.createAccount`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(account),
})
if (!answer.ok) throw new Error(await answer.text())
console.log(url)
