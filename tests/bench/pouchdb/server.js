// The other server: express-pouchdb with its default store on disk. `node server.js FOLDER`; says its port when it listens.
import express from "express";
import expressPouchDB from "express-pouchdb";
import PouchDB from "pouchdb";

const [folder] = process.argv.slice(2);
const Stored = PouchDB.defaults({ prefix: `${folder}/` });

const app = express();
// The least that replication needs: no log, no login, no validation.
app.use("/", expressPouchDB(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true }));
const server = app.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
